package io.portcullis.gateway.reload;

import io.portcullis.core.reactive.BackgroundWork;
import io.portcullis.core.reactive.Repetition;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Looks at the configuration files from time to time, and reads the routes anew when a file has changed and no longer changes. Files
 * that were refused are read again every ten seconds, because a store may have been down, or a file that is not watched may have had the
 * mistake.
 */
final class RouteWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RouteWatch.class);
    private static final Duration RETRY_PAUSE = Duration.ofSeconds(10);

    private final RouteReload reload;
    private final Duration interval;
    private final Clock clock;
    private volatile @Nullable Disposable work;
    private FileStamps last = FileStamps.NONE;
    /** The state of the files that were read; null if they must be read again. */
    private @Nullable FileStamps read;

    private @Nullable Instant refusedAt;

    RouteWatch(RouteReload reload, Duration interval, Clock clock) {
        this.reload = reload;
        this.interval = interval;
        this.clock = clock;
    }

    /** Starts to look at the files. Call once. */
    void start() {
        work = BackgroundWork.start(
                "The watch of the configuration files", Repetition.every(interval, Mono.defer(this::look)));
    }

    private Mono<Void> look() {
        return Mono.fromCallable(() -> FileStamps.of(reload.watched()))
                .subscribeOn(Schedulers.boundedElastic())
                .flatMap(this::readIfChanged)
                .onErrorResume(failure ->
                        Mono.fromRunnable(() -> log.error("Cannot look at the configuration files", failure)));
    }

    private Mono<Void> readIfChanged(FileStamps now) {
        boolean settled = now.files().equals(last.files());
        last = now;
        boolean changed = !now.equals(read);
        if (!settled || (!changed && !isRetryDue())) {
            return Mono.empty();
        }
        boolean young = now.areYoung(clock.instant());
        return reload.run(changed)
                .doOnNext(accepted -> {
                    read = young ? null : now;
                    refusedAt = accepted ? null : clock.instant();
                })
                .then();
    }

    private boolean isRetryDue() {
        return refusedAt != null && !refusedAt.plus(RETRY_PAUSE).isAfter(clock.instant());
    }

    @Override
    public void close() {
        if (work != null) {
            work.dispose();
        }
    }
}
