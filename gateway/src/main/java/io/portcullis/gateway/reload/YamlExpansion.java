package io.portcullis.gateway.reload;

import io.portcullis.gateway.startup.ConfigurationException;
import io.portcullis.gateway.startup.PropertyOrigins;
import io.portcullis.gateway.startup.YamlMistakes;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.IdentityHashMap;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * Bounds what a YAML file becomes when its aliases are replaced by what they stand for. A file of a kilobyte whose anchors contain aliases may
 * become larger than the memory; Spring Boot does not bound it.
 */
final class YamlExpansion {
    private static final long MAX_NODES = 1_000_000;

    private final IdentityHashMap<Node, Long> sizes = new IdentityHashMap<>();

    private YamlExpansion() {}

    /**
     * Reads a file without replacing its aliases. Blocks. Does nothing if the file cannot be read.
     *
     * @throws ConfigurationException if the file is not valid YAML, refers to itself, or would become too large
     */
    static void requireBounded(Path file) {
        if (!Files.isRegularFile(file)) {
            return;
        }
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            var options = new LoaderOptions();
            // What counts is what they stand for: a file may well refer to one anchor in each of its routes.
            options.setMaxAliasesForCollections(Integer.MAX_VALUE);
            var expansion = new YamlExpansion();
            long size = 0;
            for (Node document : new Yaml(options).composeAll(reader)) {
                size = Math.min(MAX_NODES, size + expansion.size(document));
            }
            if (size >= MAX_NODES) {
                throw new ConfigurationException(
                        PropertyOrigins.relative(file) + " has aliases that stand for too much, or for themselves.",
                        "Write at most " + MAX_NODES + " values, with what aliases stand for.");
            }
        } catch (YAMLException e) {
            throw YamlMistakes.describe(e, file);
        } catch (IOException e) {
            // What cannot be read is reported where it is read.
        }
    }

    private long size(Node node) {
        Long known = sizes.get(node);
        if (known != null) {
            return known;
        }
        // An alias of a node within that node finds this value.
        sizes.put(node, MAX_NODES);
        long size = 1;
        for (Node part : (Iterable<Node>) parts(node)::iterator) {
            size = Math.min(MAX_NODES, size + size(part));
        }
        sizes.put(node, size);
        return size;
    }

    private static Stream<Node> parts(Node node) {
        if (node instanceof MappingNode mapping) {
            return mapping.getValue().stream().flatMap(each -> Stream.of(each.getKeyNode(), each.getValueNode()));
        }
        return node instanceof SequenceNode sequence ? sequence.getValue().stream() : Stream.of();
    }
}
