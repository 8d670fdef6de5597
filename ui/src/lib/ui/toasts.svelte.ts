import { NotApproved, Problem } from '$lib/api/problem';
import { t } from '$lib/i18n/i18n.svelte';
import { refusalWords } from '$lib/i18n/refusal';

export interface Toast {
  id: number;
  tone: 'red' | 'green';
  title: string;
  detail: string;
  /** The way back, offered as long as the toast stands. */
  undo?: () => unknown;
  /** What it was done to: only the last thing done to it can be undone. */
  about?: string;
}

const SHOWN_MS = { red: 8000, green: 3000 };
const UNDO_MS = 8000;
const TOASTS_MAX = 4;

class Toasts {
  #next = 1;
  list = $state<Toast[]>([]);

  add(tone: Toast['tone'], title: string, detail = ''): void {
    const id = this.#next++;
    this.list = [...this.list, { id, tone, title, detail }].slice(-TOASTS_MAX);
    setTimeout(() => this.dismiss(id), SHOWN_MS[tone]);
  }

  /**
   * Says what was done, with one touch to undo it; what answers takes it away before its time. It takes the place of
   * what was done to the same before.
   */
  undoable(title: string, undo: () => unknown, about?: string): () => void {
    const id = this.#next++;
    const others = this.list.filter((toast) => about === undefined || toast.about !== about);
    const toast = { id, tone: 'green' as const, title, detail: '', undo, about };
    this.list = [...others, toast].slice(-TOASTS_MAX);
    setTimeout(() => this.dismiss(id), UNDO_MS);
    return () => this.dismiss(id);
  }

  dismiss(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }

  problem(error: unknown): void {
    // Whoever closed the sheet knows that nothing happened.
    if (error instanceof NotApproved) return;
    if (error instanceof Problem) {
      const { title, detail } = refusalWords(error);
      this.add('red', title, detail);
    } else this.add('red', t('error.unknown'), error instanceof Error ? error.message : '');
  }
}

export const toasts = new Toasts();

/** Waits for an answer; a refusal becomes a toast and `undefined`. */
export async function tried<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    toasts.problem(error);
    return undefined;
  }
}
