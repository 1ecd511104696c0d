package io.portcullis.bench.load;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Creates the Lua script that wrk runs. The script uses the tokens in turn and prints the result in a format that {@link
 * LoadResult} parses.
 */
final class WrkScript {
    static final List<String> FIELDS =
            List.of("requests", "micros", "connect", "read", "write", "status", "timeout", "p50", "p99", "p999");

    /**
     * If all requests together take less than this, the script creates them in advance, so that wrk itself uses hardly any
     * CPU time.
     */
    private static final int PREPARED_BYTES = 64 << 20;

    private static final String DONE = """
            function done(summary, latency)
              local e = summary.errors
              io.write(string.format(
                "RESULT requests=%.0f micros=%.0f connect=%.0f read=%.0f write=%.0f status=%.0f timeout=%.0f p50=%.0f p99=%.0f p999=%.0f\\n",
                summary.requests, summary.duration, e.connect, e.read, e.write, e.status, e.timeout,
                latency:percentile(50), latency:percentile(99), latency:percentile(99.9)))
            end
            """;

    private static final String BODY = """
            wrk.method = "%s"
            wrk.path = "%s"
            if %d > 0 then
              wrk.body = string.rep("0123456789abcdef", math.ceil(%<d / 16)):sub(1, %<d)
              wrk.headers["Content-Type"] = "text/plain"
            end
            """;

    private static final String TOKENS = """
            local tokens, prepared, count, at, head, tail = {}, {}, 0, 0, "", ""

            function init(args)
              for token in io.lines("%s") do
                count = count + 1
                tokens[count] = token
              end
              local mark = "@token@"
              wrk.headers["%s"] = "%s" .. mark
              local template = wrk.format()
              local from, to = template:find(mark, 1, true)
              head, tail = template:sub(1, from - 1), template:sub(to + 1)
              if count * #template < %d then
                for i = 1, count do prepared[i] = head .. tokens[i] .. tail end
              end
            end

            function request()
              at = at %% count + 1
              return prepared[at] or head .. tokens[at] .. tail
            end
            """;

    /** The first request of a script has a known method: wrk parses that request, and refuses a script with an unknown one. */
    private static final String RANDOM_METHODS = """
            math.randomseed(os.time())
            local parsed = false

            function request()
              if not parsed then
                parsed = true
                return wrk.format("GET")
              end
              return wrk.format("M" .. math.random(1, 1000000000))
            end
            """;

    private WrkScript() {}

    static String of(Load load) {
        String headers = load.headers().entrySet().stream()
                .map(header -> "wrk.headers[\"%s\"] = \"%s\"%n".formatted(header.getKey(), header.getValue()))
                .sorted()
                .collect(Collectors.joining());
        String script = DONE + BODY.formatted(load.method(), load.path(), load.bodyBytes()) + headers;
        if (load.randomMethods()) {
            return script + RANDOM_METHODS;
        }
        Load.Credential credential = load.credential();
        return load.tokens() == null
                ? script
                : script + TOKENS.formatted(load.tokens(), credential.header(), credential.prefix(), PREPARED_BYTES);
    }
}
