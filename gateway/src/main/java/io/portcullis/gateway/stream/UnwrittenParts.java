package io.portcullis.gateway.stream;

import io.portcullis.core.reactive.BackgroundWork;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/**
 * The parts of a streamed response that were read from the service and whose writing has not begun. Each part holds a buffer. Spring
 * keeps the first part back while it commits the response, and reactor-netty queues parts; if the client leaves meanwhile, both
 * discard the parts without releasing their buffers.
 */
final class UnwrittenParts {
    private final Set<Part> parts = ConcurrentHashMap.newKeySet();
    private volatile boolean released;

    /** Returns the part, which is empty if {@link #release} was called before its subscription. */
    Publisher<DataBuffer> add(Publisher<? extends DataBuffer> part) {
        Part added = new Part(part);
        parts.add(added);
        if (released) {
            releaseAll();
        }
        return Flux.defer(() -> parts.remove(added) ? added.buffers() : Flux.empty());
    }

    /** Releases the buffers of all parts that have not been subscribed to, and of those that are added later. */
    void release() {
        released = true;
        releaseAll();
    }

    private void releaseAll() {
        for (Part part : List.copyOf(parts)) {
            if (parts.remove(part)) {
                Disposable unused = BackgroundWork.start(
                        "release of the parts that were not written",
                        part.buffers()
                                .doOnNext(DataBufferUtils.releaseConsumer())
                                .then());
            }
        }
    }

    /** Has the identity of an object, as two parts may be equal. */
    private static final class Part {
        private final Publisher<? extends DataBuffer> publisher;

        Part(Publisher<? extends DataBuffer> publisher) {
            this.publisher = publisher;
        }

        Flux<DataBuffer> buffers() {
            return Flux.from(publisher);
        }
    }
}
