/** The house's own lint rules: what one file takes from another, held against the import table. */
import { relative, sep } from 'node:path';
import type { RuleTester } from 'oxlint/plugins-dev';
import { judgeImport, judgePlace } from './import-table.ts';

type Rule = Exclude<Parameters<RuleTester['run']>[1], { createOnce: unknown }>;
type Context = Parameters<Rule['create']>[0];
type Visitor = ReturnType<Rule['create']>;
type Call = Parameters<NonNullable<Visitor['CallExpression']>>[0];
type Reported = NonNullable<Extract<Parameters<Context['report']>[0], { node: unknown }>['node']>;
type Expression = Call['callee'] | Call['arguments'][number];

export const importTableRule: Rule = {
  meta: { type: 'problem', docs: { description: 'Who may import whom (import-table.ts).' } },
  create(context) {
    const file = relative(context.cwd, context.filename).split(sep).join('/');
    const judge = (node: Reported, specifier: string | null): void => {
      const message = specifier === null ? unnamed(file) : judgeImport(file, specifier);
      if (message !== null) context.report({ node, message });
    };
    return {
      Program: (node) => reportPlace(context, node, file),
      ImportDeclaration: (node) => judge(node, node.source.value),
      ExportAllDeclaration: (node) => judge(node, node.source.value),
      ExportNamedDeclaration: (node) => {
        if (node.source !== null) judge(node, node.source.value);
      },
      ImportExpression: (node) => judge(node, literalText(node.source)),
      TSImportType: (node) => judge(node, node.source.value),
      TSExternalModuleReference: (node) => judge(node, literalText(node.expression)),
      CallExpression: (node) => {
        if (loadsModule(node.callee)) judge(node, literalText(node.arguments[0]));
      },
      NewExpression: (node) => {
        const [target, base] = node.arguments;
        if (node.callee.type !== 'Identifier' || node.callee.name !== 'URL' || !isImportMetaUrl(base)) return;
        const text = literalText(target);
        if (text === null || /\.[cm]?[jt]sx?$/.test(text)) judge(node, text);
      },
    };
  },
};

function reportPlace(context: Context, node: Reported, file: string): void {
  const message = judgePlace(file);
  if (message !== null) context.report({ node, message });
}

/** A computed name cannot be held against the table, so the rooms of the house do without. */
function unnamed(file: string): string | null {
  const inHouse = /^(?:shared|electron|renderer)\//.test(file);
  return inHouse
    ? 'Write the imported name as a literal: a computed one cannot be held against the import table.'
    : null;
}

function literalText(node: Expression | undefined): string | null {
  if (node?.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node?.type === 'TemplateLiteral' && node.expressions.length === 0) return node.quasis[0]?.value.cooked ?? null;
  return null;
}

/** `require(…)`, `createRequire(…)(…)` or `import.meta.resolve(…)`. */
function loadsModule(callee: Expression): boolean {
  if (callee.type === 'Identifier') return callee.name === 'require';
  if (callee.type === 'CallExpression') {
    return callee.callee.type === 'Identifier' && callee.callee.name === 'createRequire';
  }
  if (callee.type !== 'MemberExpression' || callee.object.type !== 'MetaProperty') return false;
  return callee.property.type === 'Identifier' && callee.property.name === 'resolve';
}

function isImportMetaUrl(node: Expression | undefined): boolean {
  if (node?.type !== 'MemberExpression' || node.object.type !== 'MetaProperty') return false;
  return node.property.type === 'Identifier' && node.property.name === 'url';
}

export default { meta: { name: 'house' }, rules: { 'import-table': importTableRule } };
