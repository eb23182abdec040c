import type { ListedMessage, OutboxFacts, OutboxFilter } from './facts.ts';
import { type Html, html } from './html.ts';
import { playButton } from './layout.ts';

const PAGE = 50;
const SHOWN_BODY = 160;
const CHANNELS = [
  { value: '', label: '전체 / all' },
  { value: 'push', label: '푸시 / push' },
  { value: 'email', label: '이메일 / e-mail' },
  { value: 'sms', label: '문자 / SMS' },
  { value: 'kakao', label: '카카오 / Kakao' },
] as const;

const link = (filter: OutboxFilter, cursor?: string): string => {
  const entries = Object.entries({ ...filter, cursor }).filter(([, value]) => value);
  return `/?${new URLSearchParams(entries as [string, string][])}`;
};

function channels(filter: OutboxFilter): Html {
  return html`<nav>${CHANNELS.map(({ value, label }) => {
    const { channel: _, ...others } = filter;
    const target = link(value === '' ? others : { ...others, channel: value });
    return (filter.channel ?? '') === value
      ? html`<a href="${target}" aria-current="page">${label}</a>`
      : html`<a href="${target}">${label}</a>`;
  })}</nav>`;
}

function chosen(filter: OutboxFilter): Html {
  const others = Object.entries(filter).filter(([name]) => name !== 'channel');
  if (others.length === 0) return html``;
  return html`<p class="soft">${others.map(([name, value]) => html`${name} = <code>${value}</code> `)}<a href="/">×</a></p>`;
}

function message(found: ListedMessage): Html {
  const path = `/local/outbox/${found.id}`;
  const open = playButton('open', `${path}/play`, { action: 'open' });
  const click = found.channel === 'email' ? playButton('click', `${path}/play`, { action: 'click' }) : html``;
  const text = found.body.length > SHOWN_BODY ? `${found.body.slice(0, SHOWN_BODY)}…` : found.body;
  return html`<tr>
    <td class="soft">${found.at.slice(5, 19).replace('T', ' ')}</td><td>${found.channelType}</td>
    <td class="wide"><code>${found.to}</code></td>
    <td class="wide"><a href="${path}/view">${found.title ?? (text || '—')}</a>
      ${found.title === undefined ? '' : html`<br><span class="soft">${text}</span>`}</td>
    <td>${Object.keys(found.activity).join(' ')}</td>
    <td>${found.channel === 'sms' || found.channel === 'kakao' ? '' : [open, click]}</td></tr>`;
}

function campaigns(outbox: OutboxFacts, filter: OutboxFilter): Html {
  const { byCampaign } = outbox.counts(filter);
  // Newest last in the counts, newest first on the page.
  const rows = Object.entries(byCampaign).reverse().slice(0, PAGE);
  if (rows.length === 0) return html``;
  return html`<table>
    <tr><th>campaign</th><th class="n">messages</th><th class="n">delivered</th><th class="n">opened</th>
      <th class="n">clicked</th><th class="n">bounced</th><th></th></tr>
    ${rows.map(([id, counts]) => {
      const play = (action: string): Html =>
        playButton(`${action} 30 %`, '/local/outbox/play', { action, campaign: id, share: 0.3 });
      const name =
        id === ''
          ? html`<span class="soft">no campaign</span>`
          : html`<a href="${link({ campaign: id })}"><code>${id}</code></a>`;
      return html`<tr><td>${name}</td><td class="n">${counts.messages}</td><td class="n">${counts.deliver ?? 0}</td>
        <td class="n">${counts.open ?? 0}</td><td class="n">${counts.click ?? 0}</td>
        <td class="n">${counts.bounce ?? 0}</td><td>${id === '' ? '' : [play('open'), play('click')]}</td></tr>`;
    })}</table>`;
}

/** What was sent: counts per campaign, then the messages, newest first. */
export async function outboxSection(
  outbox: OutboxFacts,
  filter: OutboxFilter,
  cursor?: string,
): Promise<Html> {
  const page = await outbox.list(filter, PAGE, cursor);
  const none = html`<p class="soft">아직 보낸 메시지가 없습니다. / Nothing was sent yet.</p>`;
  const older =
    page.cursor === null ? '' : html`<p><a href="${link(filter, page.cursor)}">이전 / older →</a></p>`;
  return html`<h2>발신함 / Outbox <span class="soft">${outbox.counts(filter).messages}</span></h2>
    ${channels(filter)} ${chosen(filter)} ${campaigns(outbox, filter)}
    ${page.messages.length === 0 ? none : html`<table>${page.messages.map(message)}</table>`} ${older}`;
}
