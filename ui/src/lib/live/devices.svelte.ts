import { SvelteMap } from 'svelte/reactivity';
import { get } from '$lib/api/client';
import type {
  DeviceEvent,
  DeviceKind,
  DevicesView,
  DeviceView,
  PagerView,
  Pressed,
  Uuid,
} from '$lib/api/schema';

/** Devices on a wire, and what bump bars do: fetched by the screens that show them, then kept by the event stream. */
class Devices {
  all = new SvelteMap<string, DeviceView>();
  hasBroker = $state(true);
  isConnected = $state(true);
  /** Pagers that parties carry, by their numbers. */
  pagers = $state.raw<PagerView[]>([]);
  /** The last key of a bump bar, for the screens of its station. */
  pressed = $state.raw<Pressed | null>(null);

  #wanted = 0;

  /** Keeps the list fresh while a screen shows it; call the answer when the screen goes. */
  watch(): () => void {
    this.#wanted += 1;
    void this.fetch();
    return () => (this.#wanted -= 1);
  }

  async fetch(): Promise<void> {
    const view = await get<DevicesView>('/devices').catch(() => null);
    if (!view) return;
    this.hasBroker = view.has_broker;
    this.isConnected = view.is_connected;
    this.pagers = view.pagers;
    this.all.clear();
    for (const device of view.devices) this.all.set(device.homie, device);
  }

  /** Those of the settings, whether they are there or not. */
  inUse(kind: DeviceKind): DeviceView[] {
    return [...this.all.values()].filter((one) => one.kind === kind && one.device);
  }

  pagerOf(check: Uuid): PagerView | undefined {
    return this.pagers.find((pager) => pager.check_id === check);
  }

  /** What a command answered. */
  keep(device: DeviceView): void {
    this.all.set(device.homie, device);
  }

  apply({ devices, all, pressed }: DeviceEvent): void {
    if (this.#wanted > 0) {
      for (const device of devices) this.all.set(device.homie, device);
      if (all) void this.fetch();
    }
    for (const one of pressed) this.pressed = one;
  }

  /** The settings say something new of them. */
  changed(): void {
    if (this.#wanted > 0) void this.fetch();
  }
}

export const devices = new Devices();
