package io.portcullis.gateway;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The metrics and labels of a PromQL expression. It knows the functions and operators that the dashboards and rules use, and refuses
 * others.
 *
 * @param selectors the selectors of series, in their order
 * @param grouping the labels by which the expression groups or matches
 */
record PromQlQuery(List<Selector> selectors, Set<String> grouping) {
    private static final Set<String> FUNCTIONS = Set.of(
            "sum", "max", "min", "count", "rate", "increase", "histogram_quantile", "abs", "time", "label_values");
    private static final Set<String> GROUPING = Set.of("by", "without", "on", "ignoring", "group_left", "group_right");
    private static final Set<String> OPERATORS = Set.of("and", "or", "unless", "bool");
    private static final Pattern TOKEN =
            Pattern.compile("\\s+|(?<name>[a-zA-Z_:][\\w:]*)|(?<number>\\d+(?:\\.\\d+)?)|(?<range>\\[\\d+[smhd]])"
                    + "|(?<text>\"(?:[^\"\\\\]|\\\\.)*\")|(?<operator>=~|!~|!=|==|>=|<=|[-+*/%^<>=(){},])");

    /** Selects series by name and labels. */
    record Selector(String metric, List<Condition> conditions) {}

    /** Compares a label with a text, by {@code =}, {@code !=}, {@code =~} or {@code !~}. */
    record Condition(String label, String operator, String value) {}

    /** Parses an expression. Variables of Grafana are replaced first. */
    static PromQlQuery parse(String expression) {
        return new Parser(tokens(expression.replace("$__rate_interval", "5m").replace("$instance", ".*"))).parse();
    }

    private static List<String> tokens(String expression) {
        List<String> tokens = new ArrayList<>();
        Matcher matcher = TOKEN.matcher(expression);
        int end = 0;
        while (end < expression.length()) {
            if (!matcher.find(end) || matcher.start() != end) {
                throw new IllegalArgumentException("cannot read '" + expression.substring(end) + "' of: " + expression);
            }
            if (!matcher.group().isBlank()) {
                tokens.add(matcher.group());
            }
            end = matcher.end();
        }
        return tokens;
    }

    private static final class Parser {
        private final List<String> tokens;
        private final List<Selector> selectors = new ArrayList<>();
        private final Set<String> grouping = new TreeSet<>();
        private int next;
        private int depth;

        Parser(List<String> tokens) {
            this.tokens = tokens;
        }

        PromQlQuery parse() {
            while (next < tokens.size()) {
                String token = tokens.get(next++);
                switch (token) {
                    case "(" -> depth++;
                    case ")" -> depth--;
                    default -> readNamed(token);
                }
                if (depth < 0) {
                    throw new IllegalArgumentException("more ) than (: " + tokens);
                }
            }
            if (depth != 0) {
                throw new IllegalArgumentException("more ( than ): " + tokens);
            }
            return new PromQlQuery(selectors, grouping);
        }

        private String peek() {
            return next < tokens.size() ? tokens.get(next) : "";
        }

        private void readNamed(String token) {
            if (!Character.isLetter(token.charAt(0)) || OPERATORS.contains(token)) {
                return;
            }
            if (GROUPING.contains(token)) {
                readGrouping();
            } else if (FUNCTIONS.contains(token)) {
                if (!peek().equals("(") && !GROUPING.contains(peek())) {
                    throw new IllegalArgumentException("( is missing behind " + token + ": " + tokens);
                }
            } else if (peek().equals("(")) {
                throw new IllegalArgumentException("unknown function: " + token);
            } else {
                selectors.add(new Selector(token, conditions()));
            }
        }

        private void readGrouping() {
            expect("(");
            while (!peek().equals(")")) {
                grouping.add(tokens.get(next++));
                skip(",");
            }
            expect(")");
        }

        private List<Condition> conditions() {
            List<Condition> conditions = new ArrayList<>();
            if (peek().equals("{")) {
                next++;
                while (!peek().equals("}")) {
                    String value = tokens.get(next + 2);
                    conditions.add(new Condition(
                            tokens.get(next), tokens.get(next + 1), value.substring(1, value.length() - 1)));
                    next += 3;
                    skip(",");
                }
                expect("}");
            }
            return conditions;
        }

        private void skip(String token) {
            if (peek().equals(token)) {
                next++;
            }
        }

        private void expect(String token) {
            if (!peek().equals(token)) {
                throw new IllegalArgumentException("'" + peek() + "' (expected: " + token + "): " + tokens);
            }
            next++;
        }
    }
}
