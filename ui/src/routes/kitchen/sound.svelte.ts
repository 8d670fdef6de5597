const TONES_HZ = { fresh: [880, 1175], rush: [1175, 880, 1175] };
const TONE_SECS = 0.16;

/** The bell of a kitchen screen. Browsers keep it silent until the screen was touched once. */
class Bell {
  #context: AudioContext | null = null;
  unlocked = $state(false);
  muted = $state(false);

  async unlock(): Promise<void> {
    this.#context ??= new AudioContext();
    await this.#context.resume();
    this.unlocked = this.#context.state === 'running';
  }

  ring(kind: keyof typeof TONES_HZ): void {
    const context = this.#context;
    if (!context || this.muted || context.state !== 'running') return;
    TONES_HZ[kind].forEach((hz, index) => this.#tone(context, hz, index * TONE_SECS));
  }

  #tone(context: AudioContext, hz: number, afterSecs: number): void {
    const oscillator = context.createOscillator();
    const gain = context.createGain();
    const start = context.currentTime + afterSecs;
    oscillator.frequency.value = hz;
    gain.gain.setValueAtTime(0.0001, start);
    gain.gain.exponentialRampToValueAtTime(0.5, start + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.0001, start + TONE_SECS);
    oscillator.connect(gain).connect(context.destination);
    oscillator.start(start);
    oscillator.stop(start + TONE_SECS);
  }
}

export const bell = new Bell();
