import type { StaffTile, Uuid } from '$lib/api/schema';
import { freshKey as freshId } from '$lib/api/key';
import { publishChanges, published } from './published';
import { Steps } from '$lib/catalogue/steps.svelte';
import { live } from '$lib/live/live.svelte';
import { duplicated, freePlace, newName, withPiece } from './adding';
import { type Piece, type Plan, areasOf, isTable, piecesIn, withoutPieces } from './plan';
import { type PlanProblem, problemsIn } from './problems';
import { changesBetween, rebased } from './publish';
import type { Template } from './palette';
import type { Point } from './geometry';

export type Mode = 'draw' | 'combine' | 'sections';

const NOTHING: ReadonlySet<Uuid> = new Set();
const STORED_AS = 'maitred.floor-draft';

interface Stored {
  base: Plan;
  present: Plan;
}

/** The room as it is being drawn: nobody else sees it before it is published. Survives a reload of the page. */
class FloorDraft {
  base = $state.raw<Plan | null>(null);
  staff = $state.raw<StaffTile[]>([]);
  areaId = $state<Uuid | null>(null);
  selection = $state.raw<ReadonlySet<Uuid>>(NOTHING);
  mode = $state<Mode>('draw');
  /** The section that is painted with. */
  brush = $state<Uuid | null>(null);
  /** What a gesture would make of the plan; one step of the history when it ends. */
  #gesture = $state.raw<Plan | null>(null);
  #present = $state.raw<Plan | null>(null);
  #steps = new Steps<Plan>();

  plan = $derived(this.#gesture ?? this.#present);
  area = $derived.by(() => {
    const areas = this.plan ? areasOf(this.plan) : [];
    return areas.find((area) => area.id === this.areaId) ?? areas[0] ?? null;
  });
  pieces = $derived(this.plan && this.area ? piecesIn(this.plan, this.area.id) : []);
  selected = $derived(this.pieces.filter((piece) => this.selection.has(piece.id)));
  problems = $derived.by((): PlanProblem[] =>
    this.plan && this.area ? problemsIn(this.plan, this.area.id) : [],
  );
  changes = $derived(this.base && this.#present ? changesBetween(this.base, this.#present) : []);
  canUndo = $derived(this.#steps.canUndo);
  canRedo = $derived(this.#steps.canRedo);

  /** Takes the published room, unless somebody is in the middle of drawing. */
  async load(): Promise<void> {
    const { plan, staff } = await published();
    this.staff = staff;
    if (this.changes.length > 0) return;
    const stored = this.#present ? null : shelved();
    this.#steps.forget();
    this.base = this.#present = stored?.base ?? plan;
    this.select([]);
    if (stored) this.change(stored.present);
  }

  // ---- editing

  change(plan: Plan): void {
    this.#gesture = null;
    if (!this.#present || plan === this.#present) return;
    this.#steps.before(this.#present, '', Date.now());
    this.#show(plan);
  }

  /** Changes the plan that is; does nothing before there is one. */
  edit(change: (plan: Plan) => Plan): void {
    if (this.#present) this.change(change(this.#present));
  }

  /** Shows what a gesture would make of the plan; `null` gives the gesture up. */
  preview(plan: Plan | null): void {
    this.#gesture = plan;
  }

  undo(): void {
    if (this.#present) this.#walk(this.#steps.undo(this.#present));
  }

  redo(): void {
    if (this.#present) this.#walk(this.#steps.redo(this.#present));
  }

  #walk(to: Plan | undefined): void {
    this.#gesture = null;
    if (!to) return;
    this.#show(to);
    this.select([...this.selection].filter((id) => this.pieces.some((one) => one.id === id)));
  }

  #show(plan: Plan): void {
    this.#present = plan;
    this.#shelve();
  }

  /** Back to what is published; one step, so that it can be undone. */
  discard(): void {
    if (this.base) this.change(this.base);
  }

  select(ids: Iterable<Uuid>): void {
    this.selection = new Set(ids);
  }

  toggle(id: Uuid): void {
    const ids = [...this.selection];
    this.select(this.selection.has(id) ? ids.filter((one) => one !== id) : [...ids, id]);
  }

  enter(areaId: Uuid): void {
    this.areaId = areaId;
    this.select([]);
  }

  add(template: Template, near: Point): Uuid | null {
    const [plan, area] = [this.plan, this.area];
    if (!plan || !area) return null;
    const { width, height } = template;
    const wanted = { x: near.x - width / 2, y: near.y - height / 2 };
    const place = { ...freePlace(plan, area, template, wanted), width, height, rotation: 0 };
    const id = freshId();
    const piece: Piece =
      template.kind === 'table'
        ? {
            id,
            name: newName(plan, area.id),
            area: area.id,
            seats: template.seats,
            shape: template.shape,
            combines_with: [],
            archived: false,
            ...place,
          }
        : { id, area: area.id, kind: template.decor, label: '', archived: false, ...place };
    this.change(withPiece(plan, piece));
    this.select([id]);
    return id;
  }

  duplicate(): void {
    if (!this.plan || this.selection.size === 0) return;
    const { plan, copies } = duplicated(this.plan, this.selection, freshId);
    this.change(plan);
    this.select(copies);
  }

  remove(): void {
    const gone = this.selection;
    this.edit((plan) => withoutPieces(plan, gone));
    this.select([]);
  }

  get selectedTables() {
    return this.selected.filter(isTable);
  }

  // ---- publishing

  /** Publishes everything at once, or nothing; throws the hub's refusal. */
  async publish(): Promise<void> {
    if (!this.#present || this.changes.length === 0) return;
    await publishChanges(this.changes);
    const { plan } = await published();
    const isAsDrawn = changesBetween(plan, this.#present).length === 0;
    this.base = plan;
    // Publishing is no step: undo goes on from what was drawn before it.
    if (isAsDrawn) this.#show(plan);
    else this.change(plan);
    await live.fetchFloor();
  }

  /** Puts what was drawn here onto what somebody else has published meanwhile. */
  async rebase(): Promise<void> {
    const { plan: theirs } = await published();
    if (!this.base || !this.#present) return;
    const mine = rebased(this.base, this.#present, theirs);
    this.base = theirs;
    this.change(mine);
  }

  #shelve(): void {
    if (this.base && this.#present && this.changes.length > 0)
      sessionStorage.setItem(
        STORED_AS,
        JSON.stringify({ base: this.base, present: this.#present } satisfies Stored),
      );
    else sessionStorage.removeItem(STORED_AS);
  }
}

function shelved(): Stored | null {
  const text = sessionStorage.getItem(STORED_AS);
  return text ? (JSON.parse(text) as Stored) : null;
}

export const draft = new FloorDraft();
