package io.portcullis.gateway.admin;

import io.portcullis.gateway.reload.RouteReloadState;
import io.portcullis.gateway.route.ConfiguredRoutes;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The routes in force on a node.
 *
 * @param version equal on two nodes exactly if their routes are equal
 * @param since when these routes came into force
 * @param refused why changed files are not in force; null if they are
 * @param refusedSince when this refusal began
 * @param needRestart the names of other properties that have changed in the files since the start
 * @param list the routes, in the order of the configuration
 */
record RoutesBody(
        String version,
        long since,
        @Nullable String refused,
        @Nullable Long refusedSince,
        List<String> needRestart,
        List<RouteBody> list) {
    RoutesBody {
        needRestart = List.copyOf(needRestart);
        list = List.copyOf(list);
    }

    static RoutesBody of(RouteReloadState.Current current, Set<String> fastIds) {
        ConfiguredRoutes routes = current.routes();
        RouteReloadState.Refusal refusal = current.refusal();
        return new RoutesBody(
                current.version(),
                current.since().toEpochMilli(),
                refusal == null ? null : refusal.message(),
                refusal == null ? null : refusal.since().toEpochMilli(),
                current.needRestart(),
                IntStream.range(0, routes.definitions().size())
                        .mapToObj(i -> RouteBody.of(
                                routes.definitions().get(i), routes.origins().get(i), fastIds))
                        .toList());
    }
}
