import type { TenderView } from '$lib/api/schema';
import type { NewTender } from '$lib/live/commands';

/** A payment being typed in. Until something is typed, the amount is what is due. */
export class TenderDraft {
  kind = $state<TenderView['kind']>('cash');
  reference = $state('');
  /** Which of the two amounts the keypad writes. */
  typing = $state<'amount' | 'tip'>('amount');
  /** Cash: what is over is for the house. */
  keepsChange = $state(false);
  #amountMinor = $state<number | null>(null);
  #tipMinor = $state(0);

  constructor(readonly dueMinor: number) {}

  get amountMinor(): number {
    return this.#amountMinor ?? this.dueMinor;
  }

  /** What is over of cash, before anybody says whose it is. */
  get overMinor(): number {
    return this.kind === 'cash' ? Math.max(0, this.amountMinor - this.dueMinor) : 0;
  }

  get tipMinor(): number {
    if (this.kind === 'cash') return this.keepsChange ? this.overMinor : 0;
    return this.kind === 'card' ? this.#tipMinor : 0;
  }

  get changeMinor(): number {
    return this.keepsChange ? 0 : this.overMinor;
  }

  /** What the next digit is appended to: nothing, as long as the amount is only a proposal. */
  get typedMinor(): number {
    return this.typing === 'tip' ? this.#tipMinor : (this.#amountMinor ?? 0);
  }

  type(minor: number): void {
    if (this.typing === 'tip') this.#tipMinor = minor;
    else this.setAmount(minor);
  }

  setAmount(minor: number): void {
    this.#amountMinor = minor;
  }

  setTip(minor: number): void {
    this.#tipMinor = minor;
    this.typing = 'amount';
  }

  use(kind: TenderView['kind']): void {
    this.kind = kind;
    this.#amountMinor = null;
    this.keepsChange = false;
    this.setTip(0);
  }

  tender(): NewTender {
    const reference = this.reference.trim();
    return {
      kind: this.kind,
      amount_minor: this.amountMinor,
      ...(this.tipMinor > 0 ? { tip_minor: this.tipMinor } : {}),
      ...(reference ? { reference } : {}),
    };
  }
}

/** The tip of a card payment that was taken already; the first digit typed begins anew. */
export function tipDraft({ amount_minor, tip_minor }: TenderView): TenderDraft {
  const draft = new TenderDraft(amount_minor);
  draft.use('card');
  draft.setTip(tip_minor);
  return draft;
}
