import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from './app/query-client.ts';
import { router } from './app/router.tsx';
import './styles/tokens.css';
import './styles/base.css';
import './styles/shell.css';
import './styles/table.css';
import './styles/table-narrow.css';
import './styles/parts.css';
import './styles/overlay.css';
import './styles/pages.css';
import './styles/chart.css';
import './styles/lists.css';
import './styles/grid.css';
import './styles/grid-cell.css';
import './styles/tables.css';
import './styles/refining.css';
import './styles/imports.css';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
