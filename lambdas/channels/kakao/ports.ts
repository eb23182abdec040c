import type { KakaoContent } from './content.ts';

/** One message to one person, its variables filled. */
export interface KakaoMessage {
  /** Ours; the same on a repeat, so that a provider that knows it sends once. */
  readonly id: string;
  /** Phone number in E.164 form, or the Kakao id that the member has. */
  readonly to: string;
  readonly advertising: boolean;
  readonly content: KakaoContent;
}

/** What became of one message. `uncertain`: it may have been sent; nobody may send it again. */
export type KakaoOutcome =
  | { readonly kind: 'sent'; readonly providerMessageId?: string }
  | { readonly kind: 'transient'; readonly text: string }
  | { readonly kind: 'throttled'; readonly text: string }
  | { readonly kind: 'permanent'; readonly text: string; readonly gone?: boolean }
  | { readonly kind: 'uncertain'; readonly text: string };

/** Whoever brings messages to Kakao: up to 50 a call, an outcome for each in the same order. */
export interface KakaoProvider {
  send(messages: readonly KakaoMessage[]): Promise<readonly KakaoOutcome[]>;
}

/** What a campaign's `Data` leads to: a template's version as it was stored. */
export interface KakaoContents {
  get(name: string, version: number): Promise<KakaoContent | undefined>;
}

/** Kakao's templates. A version never changes, so that whoever names one sends what was checked. */
export interface KakaoTemplates extends KakaoContents {
  /** Stores the next version, unless the latest says the same; answers its number. Conflict when two do so at once. */
  save(name: string, content: KakaoContent): Promise<number>;
}
