import { once } from 'node:events';
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';

/** A network line to a hub that can be cut: an address of its own, at which then nobody answers. */
export class Line {
  #ends = new Set<Socket>();
  #isCut = false;

  private constructor(
    readonly url: string,
    private readonly server: Server,
  ) {}

  /** A line with no hub at its end yet: hubs want to know their addresses before they start. */
  static async open(): Promise<Line> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return new Line(`http://127.0.0.1:${port}`, server);
  }

  leadTo(url: string): void {
    const { hostname, port } = new URL(url);
    this.server.on('connection', (near) => {
      const ends = [near];
      if (!this.#isCut) ends.push(connect(Number(port), hostname));
      const [, far] = ends;
      if (far) near.pipe(far).pipe(near);
      for (const end of ends) {
        this.#ends.add(end);
        end.on('error', () => end.destroy());
        end.on('close', () => {
          this.#ends.delete(end);
          for (const other of ends) other.destroy();
        });
      }
    });
  }

  /** Swallows what is sent, as a cable that is pulled does: no connection is refused, none is answered. */
  cut(): void {
    this.#isCut = true;
    for (const end of this.#ends) end.unpipe();
  }

  mend(): void {
    this.#isCut = false;
    for (const end of this.#ends) end.destroy();
  }

  close(): void {
    this.mend();
    this.server.close();
  }
}
