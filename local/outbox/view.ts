import { type Html, html, safeLink } from '../page/html.ts';
import { layout, playButton } from '../page/layout.ts';
import { playable } from './message.ts';
import type { StoredMessage } from './store.ts';

const row = (name: string, value: string | undefined): Html =>
  value === undefined || value === ''
    ? html``
    : html`<tr><th>${name}</th><td class="wide">${value}</td></tr>`;

/**
 * The e-mail in a frame of its own: without scripts, forms, and the page's origin. A click inside leads nowhere,
 * because it could only be followed by leaving the frame's sandbox.
 */
const emailFrame = (message: StoredMessage): Html =>
  message.html === undefined
    ? html`<pre>${message.body}</pre>`
    : html`<iframe sandbox="" referrerpolicy="no-referrer" srcdoc="${message.html}" title="${message.title}"></iframe>`;

function phoneCard(message: StoredMessage): Html {
  const image = safeLink(message.image);
  const icon = safeLink(message.icon);
  return html`<div class="card">
    ${icon === undefined ? '' : html`<img src="${icon}" alt="" width="40">`}
    <strong>${message.title}</strong><p>${message.body}</p>
    ${image === undefined ? '' : html`<img src="${image}" alt="">`}</div>`;
}

/** One message as its recipient sees it, with what is known about it. */
export function messageView(message: StoredMessage, nonce: string): string {
  const buttons = playable(message.channel).map((action) =>
    playButton(action, `/local/outbox/${message.id}/play`, { action }),
  );
  const happened = Object.entries(message.activity).map(([action, at]) => `${action} ${at}`);
  return layout(
    message.title ?? `Message ${message.id}`,
    nonce,
    html`<p><a href="/?channel=${message.channel}">← 발신함 / outbox</a></p>
      <h1>${message.title ?? message.to}</h1>
      ${message.channel === 'email' ? emailFrame(message) : phoneCard(message)}
      <p>${buttons}</p>
      <table>
        ${row('Channel', message.channelType)} ${row('To', message.to)} ${row('From', message.from)}
        ${row('Cc', message.cc?.join(', '))} ${row('Bcc', message.bcc?.join(', '))} ${row('At', message.at)}
        ${row('Happened', happened.join(', '))} ${row('Opens', message.url)} ${row('Campaign', message.campaignId)}
        ${row('Activity', message.activityId)} ${row('Message id', message.messageId)}
        ${row('Provider id', message.providerMessageId)} ${row('User', message.userId)}
      </table>
      ${message.html === undefined || message.body === '' ? '' : html`<h2>Text part</h2><pre>${message.body}</pre>`}
      ${message.payload === undefined ? '' : html`<h2>Payload</h2><pre>${JSON.stringify(message.payload, null, 2)}</pre>`}
      ${Object.keys(message.context).length === 0 ? '' : html`<h2>Tags</h2><pre>${JSON.stringify(message.context, null, 2)}</pre>`}`,
  );
}
