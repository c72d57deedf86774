import type { DemoWorld } from '../../demo/world.ts';

/** The batch of every mail that the mail server took, from the mail's own header. */
export async function batchesOf(demo: DemoWorld): Promise<(string | null)[]> {
  const { messages } = await demo.mail.get<{ messages: { id: string }[] }>('messages');
  return Promise.all(
    messages.map(async ({ id }) => {
      const answer = await fetch(`${demo.mail.url}/messages/${id}`);
      const { headers } = (await answer.json()) as { headers: { name: string; value: string }[] };
      return headers.find(({ name }) => name.toLowerCase() === 'x-tradelane-batch')?.value ?? null;
    }),
  );
}
