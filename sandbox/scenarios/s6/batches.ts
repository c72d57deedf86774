import type { DemoWorld } from '../../demo/world.ts';

/** The batch of every mail that the mail server took, from the mail's own header. */
export async function batchesOf(demo: DemoWorld): Promise<(string | null)[]> {
  const { messages } = await demo.mail.get<{ messages: { id: string }[] }>('messages');
  return Promise.all(
    messages.map(async ({ id }) => {
      const { headers } = await demo.mail.get<{ headers: { name: string; value: string }[] }>(`messages/${id}`);
      return headers.find(({ name }) => name.toLowerCase() === 'x-tradelane-batch')?.value ?? null;
    }),
  );
}
