package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.netty.resources.LoopResources;

/**
 * Tests that the event loops of a node do not write to the log themselves while another node of the process starts and configures the log anew.
 * BlockHound would throw, and the loop would end, because Netty logs what a task throws.
 */
@Tag("database-independent")
class LogOfTwoNodesIT {
    private static final Logger log = LoggerFactory.getLogger(LogOfTwoNodesIT.class);

    @Test
    void loopsWhenAnotherNodeStartsThenTheyGoOn() {
        try (GatewayNode node = GatewayNode.start()) {
            List<EventExecutor> loops = new ArrayList<>();
            node.bean(ReactorResourceFactory.class)
                    .getLoopResources()
                    .onServer(LoopResources.DEFAULT_NATIVE)
                    .forEach(loops::add);
            // All but the first of these lines are suppressed, unless the log is being configured.
            List<? extends Future<?>> lines = loops.stream()
                    .map(loop -> loop.scheduleAtFixedRate(
                            () -> loop.execute(() -> log.warn("A line")), 0, 1, TimeUnit.MILLISECONDS))
                    .toList();

            for (int i = 0; i < 3; i++) {
                GatewayNode.start().close();
            }

            assertThat(loops).noneMatch(EventExecutor::isShuttingDown);
            lines.forEach(each -> assertThat(each.cancel(false)).isTrue());
        }
    }
}
