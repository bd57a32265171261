// image.ts: a photo of a person from a file or the camera: cropped to 3:4, scaled and packed so
// that it is small enough for a thousand of them on a field link.
import { request } from './api';

export const PHOTO_BYTES_MAX = 60000;
const WIDTH = 480;
const HEIGHT = 640;
const THUMB = { width: 96, height: 128 };

type Source = HTMLVideoElement | ImageBitmap;

const sizeOf = (source: Source): [number, number] =>
  source instanceof HTMLVideoElement ? [source.videoWidth, source.videoHeight] : [source.width, source.height];

export interface Crop {
  /** 1 shows the whole height or width; 2 half of it. */
  zoom: number;
  /** Centre of the crop, 0–1 of the picture. */
  x: number;
  y: number;
}

/** The part of a picture of w × h that a crop keeps, 3 wide by 4 high. */
export function cropBox(w: number, h: number, crop: Crop): { x: number; y: number; w: number; h: number } {
  const ratio = WIDTH / HEIGHT;
  const [fullW, fullH] = w / h > ratio ? [h * ratio, h] : [w, w / ratio];
  const boxW = fullW / Math.max(1, crop.zoom);
  const boxH = fullH / Math.max(1, crop.zoom);
  const clamp = (v: number, most: number): number => Math.min(Math.max(0, v), Math.max(0, most));
  return { x: clamp(crop.x * w - boxW / 2, w - boxW), y: clamp(crop.y * h - boxH / 2, h - boxH), w: boxW, h: boxH };
}

const pack = (canvas: HTMLCanvasElement, quality: number): Promise<Blob> =>
  new Promise((resolve, reject) => {
    canvas.toBlob((b) => (b === null ? reject(new Error('canvas')) : resolve(b)), 'image/jpeg', quality);
  });

function draw(source: Source, crop: Crop, width: number, height: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const [w, h] = sizeOf(source);
  const box = cropBox(w, h, crop);
  canvas.getContext('2d')?.drawImage(source, box.x, box.y, box.w, box.h, 0, 0, width, height);
  return canvas;
}

export async function photoOf(source: Source, crop: Crop): Promise<{ image: Blob; thumb: Blob }> {
  const canvas = draw(source, crop, WIDTH, HEIGHT);
  const thumb = await pack(draw(source, crop, THUMB.width, THUMB.height), 0.7);
  for (const quality of [0.82, 0.7, 0.58, 0.46, 0.34]) {
    const image = await pack(canvas, quality);
    if (image.size <= PHOTO_BYTES_MAX) return { image, thumb };
  }
  const image = await pack(draw(source, crop, WIDTH / 2, HEIGHT / 2), 0.6);
  return { image, thumb };
}

export const upload = async (image: Blob): Promise<string> =>
  (await request<{ blob: string }>('PUT', '/api/v1/blob', { body: image })).blob;

export const blobUrl = (hex: string): string => `/api/v1/blob/${hex}`;
