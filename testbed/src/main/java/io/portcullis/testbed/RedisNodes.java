package io.portcullis.testbed;

import java.util.ArrayList;
import java.util.List;

/**
 * The Redis processes of one group, which are closed together. If a later process of the group does not start, the earlier ones
 * can thus be closed.
 */
final class RedisNodes implements AutoCloseable {
    private final List<RedisNode> nodes = new ArrayList<>();

    RedisNode add(RedisNode node) {
        nodes.add(node);
        return node;
    }

    List<RedisNode> list() {
        return List.copyOf(nodes);
    }

    @Override
    public void close() {
        nodes.forEach(RedisNode::close);
    }
}
