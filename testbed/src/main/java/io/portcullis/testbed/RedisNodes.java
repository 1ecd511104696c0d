package io.portcullis.testbed;

import java.util.ArrayList;
import java.util.List;

/** The processes of one group, which are closed together, also when a later one does not start. */
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
