import { useState } from 'react';

interface PictureProps {
  url: string;
  /** Empty where the picture only repeats the text beside it. */
  alt: string;
  sizePx: number;
}

/** A picture from a brand's own shop; one that cannot be loaded leaves its text in its place. */
export function Picture({ url, alt, sizePx }: PictureProps) {
  const [failed, setFailed] = useState(false);
  if (failed) {
    return (
      <span className="picture picture-missing" style={{ width: sizePx, height: sizePx }}>
        {alt}
      </span>
    );
  }
  return (
    <img
      className="picture"
      src={url}
      alt={alt}
      width={sizePx}
      height={sizePx}
      loading="lazy"
      onError={() => setFailed(true)}
    />
  );
}
