package io.portcullis.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.AbstractList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPatternParser;

class RouteIndexTests {
    private final RouteIndex index = new RouteIndex();

    private void add(int route, String... patterns) {
        index.add(
                route,
                Stream.of(patterns)
                        .map(PathPatternParser.defaultInstance::parse)
                        .toList());
    }

    private int[] candidates(String path) {
        return index.candidates(PathContainer.parsePath(path));
    }

    @Test
    void candidatesWhenPrefixesAreNestedThenAllInOrder() {
        add(0, "/a/b/c");
        add(1, "/a/**");
        add(2, "/a/b/{x}", "/z");
        add(3, "/{any}/b");
        index.addForAnyPath(4);

        assertThat(candidates("/a/b/c")).containsExactly(0, 1, 2, 3, 4);
        assertThat(candidates("/a/x/c")).containsExactly(1, 3, 4);
        assertThat(candidates("/z/")).containsExactly(2, 3, 4);
        assertThat(candidates("/")).containsExactly(3, 4);
    }

    @Test
    void candidatesWhenManySegmentsThenNoMoreIsReadThanTheLongestPrefix() {
        add(0, "/a/**");
        add(1, "/a/a/a/{x}");

        assertThat(elementsRead("/a".repeat(2_000)))
                .isEqualTo(elementsRead("/a".repeat(4_000)))
                .isLessThanOrEqualTo(10);
        assertThat(elementsRead("/b".repeat(2_000))).isLessThanOrEqualTo(2);
    }

    private int elementsRead(String path) {
        CountedPath counted = new CountedPath(PathContainer.parsePath(path));
        index.candidates(counted);
        return counted.reads;
    }

    private static final class CountedPath implements PathContainer {
        private final PathContainer path;
        private int reads;

        CountedPath(PathContainer path) {
            this.path = path;
        }

        @Override
        public String value() {
            return path.value();
        }

        @Override
        public List<Element> elements() {
            return new AbstractList<>() {
                @Override
                public Element get(int position) {
                    reads++;
                    return path.elements().get(position);
                }

                @Override
                public int size() {
                    return path.elements().size();
                }
            };
        }
    }
}
