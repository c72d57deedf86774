import { useRouter } from '@tanstack/react-router';
import type { MouseEvent, ReactNode } from 'react';

interface InnerLinkProps {
  /** An address that the server gave: a path of this dashboard, or elsewhere. */
  to: string;
  className?: string;
  children: ReactNode;
}

/** A link from the server. Paths of ours are followed without loading the page anew; only http(s) leaves it. */
export function InnerLink({ to, className, children }: InnerLinkProps) {
  const router = useRouter();
  const ours = /^\/(?![/\\])/.test(to);
  if (!ours && !/^https?:\/\//.test(to)) return <span className="muted">{to}</span>;
  const follow = (event: MouseEvent) => {
    if (!ours || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    router.history.push(to);
  };
  return (
    <a href={to} className={className} onClick={follow} {...(ours ? {} : { target: '_blank', rel: 'noreferrer' })}>
      {children}
    </a>
  );
}
