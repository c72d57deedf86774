import { createHttpClient, publicOnlyLookup } from '../connectors/transport/index.ts';
import { imageSize } from '../listings/rules/images.ts';
import type { ImageFacts } from '../listings/rules/types.ts';
import type { ActivityDeps } from './deps.ts';

/** What the marketplaces known so far take at the most. */
const maxImages = 8;
const maxImageBytes = 5 * 1024 * 1024;

/** A product's picture as it was fetched, with what its bytes say of it. */
export interface FetchedImage {
  readonly bytes: Buffer;
  readonly fileName: string;
  readonly facts: ImageFacts;
}

/** Fetches a product's pictures for upload. A picture that cannot be had is left out and logged: the others still go. */
export async function fetchImages(deps: ActivityDeps, images: readonly { url: string }[]): Promise<FetchedImage[]> {
  const http = createHttpClient({
    connectionId: 'images',
    log: deps.log,
    maxResponseBytes: maxImageBytes,
    ...(deps.allowPrivateTargets ? {} : { lookup: publicOnlyLookup(), publicTargetsOnly: true }),
  });
  try {
    const fetched: FetchedImage[] = [];
    for (const [index, { url }] of images.slice(0, maxImages).entries()) {
      try {
        const answer = await http.send({ method: 'GET', url, operation: 'image.fetch', effect: false });
        if (answer.status === 200 && answer.bytes && (answer.headers['content-type'] ?? '').startsWith('image/')) {
          const fileName = `image-${index + 1}.jpg`;
          fetched.push({ bytes: answer.bytes, fileName, facts: factsOf(url, answer.bytes) });
        } else deps.log.warn({ url, status: answer.status }, 'a picture could not be used');
      } catch (error) {
        deps.log.warn({ url, err: error }, 'a picture could not be fetched');
      }
    }
    return fetched;
  } finally {
    await http.close();
  }
}

function factsOf(url: string, bytes: Buffer): ImageFacts {
  const size = imageSize(bytes);
  return {
    url,
    format: size?.format ?? null,
    widthPx: size?.widthPx ?? null,
    heightPx: size?.heightPx ?? null,
    bytes: bytes.length,
  };
}
