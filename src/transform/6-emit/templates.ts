/** The strings of tagged templates: one object for each site of the source, whichever copy of its function runs. */
import { factory } from "../context.js";
import { ts } from "../ts.js";

/** ``((strings) => strings)`a${0}b` ``: the strings object of a tagged template, cooked and raw as they are. */
export function templateStrings(node: ts.TaggedTemplateExpression): ts.Expression {
  const { template } = node;
  const strings = ts.isTemplateExpression(template)
    ? factory.createTemplateExpression(
        template.head,
        template.templateSpans.map((span) => factory.createTemplateSpan(factory.createNumericLiteral(0), span.literal)),
      )
    : template;
  const parameter = factory.createParameterDeclaration(undefined, undefined, "strings");
  const identity = factory.createArrowFunction(
    undefined,
    undefined,
    [parameter],
    undefined,
    undefined,
    factory.createIdentifier("strings"),
  );
  return factory.createTaggedTemplateExpression(factory.createParenthesizedExpression(identity), undefined, strings);
}
