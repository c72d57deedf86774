/** Those text fields of a form that differ from what was read; line ends are compared as the browser sends them. */
export function changedFields(form: FormData, before: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(before).flatMap(([name, old]): [string, string][] => {
      const value = String(form.get(name) ?? '')
        .replaceAll('\r\n', '\n')
        .trim();
      return value === old.replaceAll('\r\n', '\n').trim() ? [] : [[name, value]];
    }),
  );
}
