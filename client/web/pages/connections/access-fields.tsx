import { useState } from 'react';
import { fieldsOf } from '../../api/reading.ts';
import type { ConnectionReport, ConnectorRow } from '../../api/types/operations.ts';
import { SchemaFields, valuesOf } from './schema-fields.tsx';
import type { Way } from './way-choice.tsx';

type Values = Record<string, unknown>;

/** Which credentials a way asks for; without ways, all of them as the connector says. */
export function credentialFields(connector: ConnectorRow, way: Way | undefined) {
  const fields = fieldsOf(connector.credentials);
  if (!way) return fields;
  const named = [...way.credentials, ...way.optionalCredentials];
  return fields
    .filter(({ name }) => named.includes(name))
    .map((field) => ({ ...field, required: way.credentials.includes(field.name) }));
}

/** What the way decides by itself is not asked. */
export const settingFields = (connector: ConnectorRow, way: Way | undefined) =>
  fieldsOf(connector.settings).filter(({ name }) => way === undefined || !(name in way.settings));

interface AccessFieldsProps {
  connector: ConnectorRow;
  way: Way | undefined;
  /** What the account offers to choose from, once it was tested. */
  report: ConnectionReport | null;
  /** Settings of an account that is there already. */
  known?: Values;
}

/** Credentials and settings of one way. */
export function AccessFields({ connector, way, report, known = {} }: AccessFieldsProps) {
  const [isPlain, setIsPlain] = useState(String(known.url ?? '').startsWith('http://'));
  const credentials = credentialFields(connector, way);
  // What is typed stays when another way is chosen: most ways share their fields.
  const key = connector.name;
  return (
    <div
      className="stack"
      onInput={({ target }) => {
        if (!(target instanceof HTMLInputElement) || !/^settings\..*url$/i.test(target.name)) return;
        setIsPlain(/^\s*http:\/\//i.test(target.value));
      }}
    >
      <SchemaFields
        key={`s-${key}`}
        group="settings"
        legend="Shop and settings"
        fields={settingFields(connector, way)}
        known={known}
        choices={report?.choices ?? []}
      />
      {isPlain ? (
        <label className="way warned">
          <input type="checkbox" name="plainHttp" value="true" required />
          <span className="two-lines">
            <span>Yes, without https</span>
            <small>Whatever is sent can be read on the way. Choose it only where the shop really has no https.</small>
          </span>
        </label>
      ) : null}
      {credentials.length > 0 ? (
        <SchemaFields key={`c-${key}`} group="credentials" legend="Credentials" fields={credentials} />
      ) : null}
    </div>
  );
}

/** Settings, credentials and the choice of http, as the API takes them. */
export function accessOf(form: FormData, connector: ConnectorRow, way: Way | undefined) {
  return {
    settings: { ...way?.settings, ...valuesOf(form, 'settings', settingFields(connector, way)) },
    credentials: valuesOf(form, 'credentials', credentialFields(connector, way)),
    ...(form.get('plainHttp') === 'true' ? { plainHttp: true } : {}),
  };
}
