import { crc32, deflateSync } from 'node:zlib';
import { WpError } from './errors.ts';
import { isObject, type JsonObject, numberOf, objectsOf, textOf } from './json.ts';
import type { ImageRecord, ProductRecord } from './model.ts';
import type { Shop } from './shop.ts';

const SIDE_PX = 800;

/** A grey square: what the simulator serves for every picture it "downloaded", large enough for a marketplace. */
export const PICTURE_PNG = greySquare(SIDE_PX);

/** A PNG of one channel, each line with filter 0 in front. */
function greySquare(sidePx: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(sidePx, 0);
  header.writeUInt32BE(sidePx, 4);
  header.writeUInt8(8, 8);
  const line = Buffer.alloc(sidePx + 1, 0xdd);
  line.writeUInt8(0, 0);
  const pixels = deflateSync(Buffer.concat(Array.from({ length: sidePx }, () => line)));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(kind: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(kind, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length, 0);
  sum.writeUInt32BE(crc32(body), 0);
  return Buffer.concat([length, body, sum]);
}

/** Where the shop keeps pictures. */
export const UPLOADS_PATH = '/wp-content/uploads/';

/**
 * The images of a product after a body: `id` reuses a picture, `src` downloads it anew each time.
 * Pictures set by the controls are taken as they are; through the API private and local addresses are refused, as
 * WordPress does. Nothing is really downloaded.
 * @throws WpError 400 for an address that can't be fetched
 */
export async function savedImages(
  shop: Shop,
  product: ProductRecord,
  body: JsonObject,
  cause: string,
): Promise<ImageRecord[]> {
  const sent = product.type === 'variation' ? sentImage(body.image) : body.images;
  if (sent === undefined) return product.images;
  const images: ImageRecord[] = [];
  for (const row of objectsOf(sent)) {
    const known = numberOf(row.id) === 0 ? undefined : findImage(shop, numberOf(row.id));
    if (known !== undefined) images.push({ ...known, alt: textOf(row.alt) || known.alt });
    else images.push(await downloaded(shop, row, cause));
  }
  return images;
}

function sentImage(image: unknown): unknown[] | undefined {
  if (image === undefined) return undefined;
  return isObject(image) ? [image] : [];
}

function findImage(shop: Shop, id: number): ImageRecord | undefined {
  for (const product of shop.products.values()) {
    const image = product.images.find((candidate) => candidate.id === id);
    if (image !== undefined) return image;
  }
  return undefined;
}

async function downloaded(shop: Shop, row: JsonObject, cause: string): Promise<ImageRecord> {
  const source = textOf(row.src);
  if (cause === 'api') {
    if (!isPublicAddress(source)) {
      const message = `Error getting remote image ${source}. Error: A valid URL was not provided.`;
      throw new WpError(400, 'woocommerce_product_image_upload_error', message);
    }
    const { imageDownloadMs } = shop.dials;
    if (imageDownloadMs > 0) await new Promise((resolve) => setTimeout(resolve, imageDownloadMs));
  }
  const nowMs = shop.nowMs();
  const id = shop.nextId('post');
  const file = source.split(/[?#]/)[0]?.split('/').at(-1) || 'image.png';
  const folder = new Date(nowMs).toISOString().slice(0, 7).replace('-', '/');
  return {
    id,
    createdMs: nowMs,
    src: `${UPLOADS_PATH}${folder}/${id}-${file}`,
    name: textOf(row.name) || file,
    alt: textOf(row.alt),
  };
}

/** WordPress fetches http and https from public hosts on ports 80, 443 and 8080 only. */
export function isPublicAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, port } = new URL(address);
  const isPrivate = /^(localhost|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|0\.|\[)/.test(hostname);
  return /^https?:$/.test(protocol) && !isPrivate && ['', '80', '443', '8080'].includes(port);
}
