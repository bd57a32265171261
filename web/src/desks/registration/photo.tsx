// photo.tsx: a photo from the camera or a file, cropped to the face, small enough to send.
import { useEffect, useRef, useState } from 'preact/hooks';
import { type Member, setMember } from '../../lib/family';
import { t } from '../../lib/i18n';
import { type Crop, cropBox, photoOf, upload } from '../../lib/image';
import { Busy, Photo } from '../../ui/bits';
import { Dialog } from '../../ui/dialog';
import { Icon } from '../../ui/icon';
import { Notice, Trouble } from '../../ui/states';
import { edit } from './store';

export interface Taken {
  photo: string;
  thumb: string;
}

export function PhotoSection({ m }: { m: Member }) {
  const [open, setOpen] = useState(false);
  return (
    <div class="photo-section">
      <Photo hex={m.photo} />
      <button type="button" class="button button-small" onClick={() => setOpen(true)}>
        <Icon name="camera" size={16} /> {t(m.photo === '' ? 'photo.take' : 'photo.again')}
      </button>
      {open && (
        <PhotoDialog
          close={() => setOpen(false)}
          taken={(photo) => {
            edit((f) => setMember(f, m.key, photo));
            setOpen(false);
          }}
        />
      )}
    </div>
  );
}

export function PhotoDialog({ close, taken }: { close: () => void; taken: (photo: Taken) => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const stream = useRef<MediaStream | null>(null);
  const [picture, setPicture] = useState<ImageBitmap | null>(null);
  const [camera, setCamera] = useState<'off' | 'on' | 'denied'>('off');
  const [crop, setCrop] = useState<Crop>({ zoom: 1, x: 0.5, y: 0.5 });
  const [error, setError] = useState<unknown>(null);
  const [unreadable, setUnreadable] = useState(false);

  const stop = (): void => {
    for (const track of stream.current?.getTracks() ?? []) track.stop();
    stream.current = null;
  };
  useEffect(() => stop, []);
  useEffect(() => {
    if (picture !== null && canvas.current !== null) preview(canvas.current, picture, crop);
  }, [picture, crop]);

  const startCamera = async (): Promise<void> => {
    try {
      stream.current = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment', width: 1280 } });
      setPicture(null);
      setCamera('on');
      requestAnimationFrame(() => {
        if (video.current !== null) video.current.srcObject = stream.current;
      });
    } catch {
      setCamera('denied');
    }
  };
  const shoot = async (): Promise<void> => {
    if (video.current === null) return;
    setPicture(await createImageBitmap(video.current));
    setCamera('off');
    stop();
  };
  const read = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    try {
      setPicture(await createImageBitmap(file));
      setCrop({ zoom: 1, x: 0.5, y: 0.5 });
      setUnreadable(false);
    } catch {
      setUnreadable(true);
    }
  };
  const keep = async (): Promise<void> => {
    if (picture === null) return;
    try {
      const { image, thumb } = await photoOf(picture, crop);
      taken({ photo: await upload(image), thumb: await upload(thumb) });
    } catch (e) {
      setError(e);
    }
  };
  const slide = (name: 'zoom' | 'x' | 'y', label: string, min: number, max: number) => (
    <label class="slide">
      <span>{label}</span>
      <input type="range" min={min} max={max} step="0.01" value={crop[name]} onInput={(e) => setCrop({ ...crop, [name]: Number(e.currentTarget.value) })} />
    </label>
  );
  return (
    <Dialog
      title={t('photo.title')}
      onClose={close}
      footer={
        <>
          <Busy class="button button-main" disabled={picture === null} run={keep} icon="ok">{t('photo.keep')}</Busy>
          {camera === 'on' && <Busy class="button" run={shoot} icon="camera">{t('photo.shoot')}</Busy>}
        </>
      }
    >
      <p class="hint">{t('photo.hint')}</p>
      <div class="photo-sources">
        <Busy class="button" icon="camera" run={startCamera}>{t('photo.camera')}</Busy>
        <label class="button">
          <Icon name="file" size={18} /> {t('photo.file')}
          <input type="file" class="hidden" accept="image/jpeg,image/png,image/webp" onChange={(e) => void read(e.currentTarget.files?.[0])} />
        </label>
      </div>
      {camera === 'denied' && <Notice kind="attention">{t('photo.denied')}</Notice>}
      {unreadable && <Notice kind="danger">{t('photo.unreadable')}</Notice>}
      {error !== null && <Trouble error={error} />}
      {camera === 'on' && <video ref={video} class="photo-live" autoplay muted playsInline />}
      {picture !== null && (
        <div class="photo-crop">
          <canvas ref={canvas} width={240} height={320} role="img" aria-label={t('photo.preview')} />
          <div>
            {slide('zoom', t('photo.zoom'), 1, 4)}
            {slide('x', t('photo.sideways'), 0, 1)}
            {slide('y', t('photo.height'), 0, 1)}
          </div>
        </div>
      )}
    </Dialog>
  );
}

function preview(canvas: HTMLCanvasElement, picture: ImageBitmap, crop: Crop): void {
  const box = cropBox(picture.width, picture.height, crop);
  canvas.getContext('2d')?.drawImage(picture, box.x, box.y, box.w, box.h, 0, 0, canvas.width, canvas.height);
}
