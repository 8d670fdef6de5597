import { send } from '$lib/api/client';
import { freshKey } from '$lib/api/key';

/** The hub makes 384 dots of it; twice as many pixels are enough to choose them from. */
const SIDE_PX_MAX = 768;
/** Dots across of the paper that the preview shows. */
export const PAPER_DOTS = 576;

export const pictureOf = (logo: string) => `data:image/png;base64,${logo}`;

/** Puts a picture on the receipt; answers what is printed. */
async function put(picture: Blob): Promise<string> {
  const type = picture.type === 'image/jpeg' ? 'image/jpeg' : 'image/png';
  const request = { method: 'PUT', path: '/venue/logo', body: picture, type, key: freshKey() };
  return (await send<{ logo: string }>(request as Parameters<typeof send>[0])).logo;
}

/** Takes the logo off the receipt. */
async function remove(): Promise<string> {
  const request = { method: 'DELETE', path: '/venue/logo', key: freshKey() } as const;
  return (await send<{ logo: string }>(request)).logo;
}

export const choose = async (file: File) => put(await shrunk(file));

/** As it was: what the hub made of a picture comes out of it again dot by dot. */
export const restore = (logo: string) => (logo === '' ? remove() : put(blobOf(logo)));

function blobOf(logo: string): Blob {
  const bytes = Uint8Array.from(atob(logo), (letter) => letter.charCodeAt(0));
  return new Blob([bytes], { type: 'image/png' });
}

/** A photograph is not sent whole; what this browser cannot read, the hub says no to. */
async function shrunk(file: File): Promise<Blob> {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap) return file;
  const scale = Math.min(1, SIDE_PX_MAX / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const pen = canvas.getContext('2d');
  if (pen) pen.imageSmoothingQuality = 'high';
  pen?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const picture = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'));
  return picture ?? file;
}
