package io.tributary.core.selector;

import io.tributary.core.selector.Comparison.Operator;
import io.tributary.core.selector.grammar.SelectorLexer;
import io.tributary.core.selector.grammar.SelectorParser;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.antlr.v4.runtime.BaseErrorListener;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.Recognizer;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.ParseTree;
import org.antlr.v4.runtime.tree.TerminalNode;
import org.jspecify.annotations.Nullable;

/** Makes one selector of its text. The grammar tells the form; what has the wrong type is refused here. */
final class SelectorCompiler {
    private final Map<String, Operand.Property> properties = new HashMap<>();

    /** Refuses the first thing that is out of place. */
    private static final class Refusal extends BaseErrorListener {
        @Override
        public void syntaxError(Recognizer<?, ?> recognizer, @Nullable Object offending, int line, int column, String message,
                                @Nullable RecognitionException cause) {
            if (offending instanceof Token token) {
                throw unexpected(token);
            }
            throw new SelectorException(message, column);
        }
    }

    private static SelectorException unexpected(Token token) {
        String text = token.getText();
        if (token.getType() == Token.EOF) {
            return new SelectorException("the selector ends too early", token.getStartIndex());
        }
        boolean open = token.getType() == SelectorLexer.OTHER && (text.equals("'") || text.equals("\""));
        return new SelectorException(open ? "a quote that is not closed" : "unexpected " + text, token.getStartIndex());
    }

    /** How many different properties the selector asks for. */
    int properties() {
        return properties.size();
    }

    Condition compile(String text) {
        SelectorLexer lexer = new SelectorLexer(CharStreams.fromString(text));
        lexer.removeErrorListeners();
        CommonTokenStream tokens = new CommonTokenStream(lexer);
        tokens.fill();
        checkDepth(tokens.getTokens());
        SelectorParser parser = new SelectorParser(tokens);
        parser.removeErrorListeners();
        parser.addErrorListener(new Refusal());
        parser.setBuildParseTree(true);
        SelectorParser.ConditionContext whole = parser.selector().condition();
        return condition(node(whole), whole);
    }

    /** The parser and all that follows call themselves for each parenthesis, so it must not come to that. */
    private static void checkDepth(List<Token> tokens) {
        int depth = 0;
        for (Token token : tokens) {
            if (token.getText().equals("(")) {
                depth++;
                if (depth > Selector.MAX_DEPTH) {
                    throw new SelectorException("more than " + Selector.MAX_DEPTH + " parentheses within one another",
                        token.getStartIndex());
                }
            } else if (token.getText().equals(")")) {
                depth--;
            }
        }
    }

    private static SelectorException wrong(String problem, ParserRuleContext where) {
        return new SelectorException(problem, where.getStart().getStartIndex());
    }

    private static Condition condition(Node node, ParserRuleContext where) {
        if (node instanceof Condition condition) {
            return condition;
        }
        if (node instanceof Operand.Property property) {
            return new Condition.IsTrue(property);
        }
        if (node instanceof Operand.Literal literal && literal.constant() instanceof Boolean truth) {
            return new Condition.Constant(truth);
        }
        throw wrong("a condition is expected, not a value,", where);
    }

    private static Operand operand(Node node, ParserRuleContext where) {
        if (node instanceof Operand operand) {
            return operand;
        }
        throw wrong("a value is expected, not a condition,", where);
    }

    private static Operand numeric(Node node, ParserRuleContext where) {
        Operand operand = operand(node, where);
        if (operand instanceof Operand.Literal literal && !(literal.constant() instanceof Number)) {
            throw wrong("a number is expected", where);
        }
        return operand;
    }

    private Node node(SelectorParser.ConditionContext context) {
        if (context.conjunction().size() == 1) {
            return node(context.conjunction(0));
        }
        List<Condition> parts = new ArrayList<>();
        context.conjunction().forEach(part -> parts.add(condition(node(part), part)));
        return new Condition.Or(List.copyOf(parts));
    }

    private Node node(SelectorParser.ConjunctionContext context) {
        if (context.negation().size() == 1) {
            return node(context.negation(0));
        }
        List<Condition> parts = new ArrayList<>();
        context.negation().forEach(part -> parts.add(condition(node(part), part)));
        return new Condition.And(List.copyOf(parts));
    }

    private Node node(SelectorParser.NegationContext context) {
        Node node = node(context.comparison());
        if (context.NOT().isEmpty()) {
            return node;
        }
        Condition condition = condition(node, context.comparison());
        return context.NOT().size() % 2 == 0 ? condition : new Condition.Not(condition);
    }

    private Node node(SelectorParser.ComparisonContext context) {
        Node node = node(context.sum());
        SelectorParser.TestContext test = context.test();
        if (test instanceof SelectorParser.ComparesContext compares) {
            return compares(node, context.sum(), compares);
        } else if (test instanceof SelectorParser.BetweenContext between) {
            return between(numeric(node, context.sum()), between);
        } else if (test instanceof SelectorParser.InContext in) {
            Set<String> texts = in.STRING().stream().map(TerminalNode::getText).map(SelectorCompiler::unquoted)
                .collect(Collectors.toUnmodifiableSet());
            return new Condition.In(property(node, context.sum()), texts, in.NOT() != null);
        } else if (test instanceof SelectorParser.LikeContext like) {
            return new Condition.Like(property(node, context.sum()), pattern(like), like.NOT() != null);
        } else if (test instanceof SelectorParser.IsNullContext isNull) {
            Condition condition = new Condition.IsNull(property(node, context.sum()));
            return isNull.NOT() == null ? condition : new Condition.Not(condition);
        }
        return node;
    }

    private Condition compares(Node first, ParserRuleContext place, SelectorParser.ComparesContext context) {
        Operator operator = Operator.of(context.op.getText());
        Node second = node(context.sum());
        if (operator.isOrder()) {
            return new Comparison(operator, numeric(first, place), numeric(second, context.sum()));
        }
        return new Comparison(operator, operand(first, place), operand(second, context.sum()));
    }

    /** As its definition says: of values without a type that fits, neither BETWEEN nor NOT BETWEEN is true. */
    private Condition between(Operand value, SelectorParser.BetweenContext context) {
        Operand low = numeric(node(context.low), context.low);
        Operand high = numeric(node(context.high), context.high);
        if (context.NOT() == null) {
            return new Condition.And(List.of(new Comparison(Operator.AT_LEAST, value, low), new Comparison(Operator.AT_MOST, value, high)));
        }
        return new Condition.Or(List.of(new Comparison(Operator.LESS, value, low), new Comparison(Operator.GREATER, value, high)));
    }

    private static LikePattern pattern(SelectorParser.LikeContext context) {
        int escape = -1;
        Token written = context.escape;
        if (written != null) {
            String text = unquoted(written.getText());
            if (text.codePointCount(0, text.length()) != 1) {
                throw new SelectorException("an escape has one character", written.getStartIndex());
            }
            escape = text.codePointAt(0);
        }
        return LikePattern.of(unquoted(context.pattern.getText()), escape, context.pattern.getStartIndex());
    }

    private static Operand.Property property(Node node, ParserRuleContext where) {
        if (node instanceof Operand.Property property) {
            return property;
        }
        throw wrong("an identifier is expected", where);
    }

    private Node node(SelectorParser.SumContext context) {
        return arithmetic(context, context.product(0), part -> node((SelectorParser.ProductContext) part));
    }

    private Node node(SelectorParser.ProductContext context) {
        return arithmetic(context, context.signed(0), part -> node((SelectorParser.SignedContext) part));
    }

    /** Operands, and operators between them. */
    private static Node arithmetic(ParserRuleContext context, ParserRuleContext first, Function<ParseTree, Node> node) {
        if (context.getChildCount() == 1) {
            return node.apply(first);
        }
        List<Operand> operands = new ArrayList<>();
        StringBuilder operators = new StringBuilder();
        for (int i = 0; i < context.getChildCount(); i++) {
            if (context.getChild(i) instanceof ParserRuleContext operand) {
                operands.add(numeric(node.apply(operand), operand));
            } else {
                operators.append(context.getChild(i).getText());
            }
        }
        return new Operand.Arithmetic(List.copyOf(operands), operators.toString());
    }

    private Node node(SelectorParser.SignedContext context) {
        boolean signed = context.getChildCount() > 1;
        boolean negative = false;
        for (int i = 0; i < context.getChildCount() - 1; i++) {
            negative ^= context.getChild(i).getText().equals("-");
        }
        SelectorParser.PrimaryContext primary = context.primary();
        if (primary instanceof SelectorParser.ExactContext) {
            return exact(primary, negative);
        }
        Node node = node(primary);
        if (!signed) {
            return node;
        }
        Operand operand = numeric(node, primary);
        return negative ? new Operand.Negated(operand) : new Operand.Negated(new Operand.Negated(operand));
    }

    private Node node(SelectorParser.PrimaryContext context) {
        String text = context.getText();
        if (context instanceof SelectorParser.NestedContext nested) {
            return node(nested.condition());
        } else if (context instanceof SelectorParser.IdentifierContext) {
            return property(text);
        } else if (context instanceof SelectorParser.DelimitedContext) {
            return property(text.substring(1, text.length() - 1).replace("\"\"", "\""));
        } else if (context instanceof SelectorParser.TruthContext) {
            return new Operand.Literal(Boolean.valueOf(text));
        } else if (context instanceof SelectorParser.TextContext) {
            return new Operand.Literal(unquoted(text));
        }
        return approximate(context);
    }

    private Operand.Property property(String name) {
        return properties.computeIfAbsent(name, absent -> new Operand.Property(name, properties.size()));
    }

    /** With its sign, for the least number has no positive counterpart. Java's literals: decimal, or octal, or hexadecimal. */
    private static Operand exact(ParserRuleContext context, boolean negative) {
        String text = context.getText().toLowerCase(Locale.ROOT).replace("l", "");
        try {
            BigInteger magnitude = text.startsWith("0x") ? new BigInteger(text.substring(2), 16)
                : new BigInteger(text, text.startsWith("0") ? 8 : 10);
            return new Operand.Literal((negative ? magnitude.negate() : magnitude).longValueExact());
        } catch (NumberFormatException notOctal) {
            throw wrong("a number with a leading zero is octal; no such number", context);
        } catch (ArithmeticException tooLarge) {
            throw wrong("a number that is too large", context);
        }
    }

    private static Operand approximate(ParserRuleContext context) {
        double number = Double.parseDouble(context.getText());
        if (Double.isInfinite(number)) {
            throw wrong("a number that is too large", context);
        }
        return new Operand.Literal(number);
    }

    private static String unquoted(String text) {
        return text.substring(1, text.length() - 1).replace("''", "'");
    }
}
