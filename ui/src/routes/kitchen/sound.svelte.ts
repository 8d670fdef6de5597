/** What a kitchen can hear. A change sounds lower and falls, so that it is known from a new ticket with closed eyes. */
export type Ring = 'fresh' | 'rush' | 'changed';

export const tones = ['bell', 'chime', 'horn', 'wood'] as const;
export type ToneName = (typeof tones)[number];

const NOTES_HZ: Record<Ring, number[]> = {
  fresh: [880, 1175],
  rush: [1175, 880, 1175, 880],
  changed: [587, 440, 330],
};

const voices: Record<ToneName, { wave: OscillatorType; secs: number; pitch: number }> = {
  bell: { wave: 'sine', secs: 0.16, pitch: 1 },
  chime: { wave: 'triangle', secs: 0.3, pitch: 1.5 },
  horn: { wave: 'sawtooth', secs: 0.22, pitch: 0.5 },
  wood: { wave: 'square', secs: 0.07, pitch: 0.75 },
};

const STORED_AS = 'maitred.sound';
const VOLUME_MAX = 10;

interface Wish {
  on: boolean;
  tone: ToneName;
  volume: number;
}

function kept(): Wish {
  const wish: Wish = { on: true, tone: 'bell', volume: 7 };
  try {
    const read = JSON.parse(localStorage.getItem(STORED_AS) ?? '{}') as Partial<Wish> | null;
    if (read?.on === false) wish.on = false;
    if (read?.tone && read.tone in voices) wish.tone = read.tone;
    if (typeof read?.volume === 'number')
      wish.volume = Math.min(VOLUME_MAX, Math.max(1, read.volume));
  } catch {
    return wish;
  }
  return wish;
}

/**
 * The bell of a kitchen screen. What people wish for is kept through a reload; a browser stays silent all the same
 * until somebody touches the screen, and then the screen says so.
 */
class Bell {
  #context: AudioContext | null = null;
  wish = $state.raw<Wish>(kept());
  #running = $state(false);

  state = $derived<'off' | 'blocked' | 'on'>(
    !this.wish.on ? 'off' : this.#running ? 'on' : 'blocked',
  );

  /** Asks for sound: at a touch it is granted, without one only where the browser was told to. */
  async unlock(): Promise<void> {
    if (!this.#context) {
      this.#context = new AudioContext();
      this.#context.onstatechange = () => this.#look();
    }
    if (this.#context.state !== 'running') void this.#context.resume().catch(() => undefined);
    this.#look();
  }

  set(change: Partial<Wish>): void {
    this.wish = { ...this.wish, ...change };
    localStorage.setItem(STORED_AS, JSON.stringify(this.wish));
  }

  ring(kind: Ring): void {
    const context = this.#context;
    if (!context || this.state !== 'on') return;
    const { secs, pitch, wave } = voices[this.wish.tone];
    NOTES_HZ[kind].forEach((hz, index) =>
      this.#note(context, wave, hz * pitch, { after: index * secs, secs }),
    );
  }

  #look(): void {
    this.#running = this.#context?.state === 'running';
  }

  #note(
    context: AudioContext,
    wave: OscillatorType,
    hz: number,
    { after, secs }: { after: number; secs: number },
  ): void {
    const oscillator = context.createOscillator();
    const gain = context.createGain();
    const start = context.currentTime + after;
    // Loudness is heard by ratios: each step is the same step to the ear.
    const loudest = 0.9 * 1.5 ** (this.wish.volume - VOLUME_MAX);
    oscillator.type = wave;
    oscillator.frequency.value = hz;
    gain.gain.setValueAtTime(0.0001, start);
    gain.gain.exponentialRampToValueAtTime(loudest, start + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.0001, start + secs);
    oscillator.connect(gain).connect(context.destination);
    oscillator.start(start);
    oscillator.stop(start + secs);
  }
}

export const bell = new Bell();
