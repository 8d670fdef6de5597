import type { TenderView } from '$lib/api/schema';
import type { NewTender } from '$lib/live/commands';

/** A payment being typed in. Until something is typed, the amount is what is due. */
export class TenderDraft {
  kind = $state<TenderView['kind']>('cash');
  reference = $state('');
  tipMinor = $state(0);
  /** Which of the two amounts the keypad writes. */
  typing = $state<'amount' | 'tip'>('amount');
  #amountMinor = $state<number | null>(null);

  constructor(readonly dueMinor: number) {}

  get amountMinor(): number {
    return this.#amountMinor ?? this.dueMinor;
  }

  /** What the next digit is appended to: nothing, as long as the amount is only a proposal. */
  get typedMinor(): number {
    return this.typing === 'tip' ? this.tipMinor : (this.#amountMinor ?? 0);
  }

  type(minor: number): void {
    if (this.typing === 'tip') this.tipMinor = minor;
    else this.#amountMinor = minor;
  }

  setAmount(minor: number): void {
    this.#amountMinor = minor;
  }

  setTip(minor: number): void {
    this.tipMinor = minor;
  }

  use(kind: TenderView['kind']): void {
    this.kind = kind;
    this.#amountMinor = null;
    this.tipMinor = 0;
    this.typing = 'amount';
  }

  tender(): NewTender {
    const reference = this.reference.trim();
    return {
      kind: this.kind,
      amount_minor: this.amountMinor,
      ...(this.kind === 'card' && this.tipMinor > 0 ? { tip_minor: this.tipMinor } : {}),
      ...(reference ? { reference } : {}),
    };
  }
}
