import type { en } from './en';
import type { Message, Plural } from './message';

export type { Message, Plural };

export type Key = keyof typeof en;

/** A translation has every message of the English original, plural where English is plural. */
export type Translation<Original> = {
  [K in keyof Original]: Original[K] extends string ? string : Plural;
};

export type Catalogue = Translation<typeof en>;

type Names<S> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;
type ParamNames<K extends Key> = (typeof en)[K] extends { other: infer S }
  ? Names<S>
  : Names<(typeof en)[K]>;

/** The arguments a message needs: none, or one record with its placeholders. */
export type Args<K extends Key> = [ParamNames<K>] extends [never]
  ? []
  : [params: Record<ParamNames<K>, string | number>];

/** Fills a message; a plural message is chosen by its placeholder `n`. */
export function fill(
  message: Message,
  params: Record<string, string | number>,
  plural: Intl.PluralRules,
): string {
  const chosen =
    typeof message === 'string'
      ? message
      : (message[plural.select(Number(params.n ?? 0))] ?? message.other);
  return chosen.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
}
