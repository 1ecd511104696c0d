package io.portcullis.gateway.diagnostics;

import io.portcullis.core.sample.NodeRepository;
import io.portcullis.core.token.store.LedgerBacklog;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/**
 * What only the composition of the gateway knows.
 *
 * @param stores the stores
 * @param pools supplies the states of the pools
 * @param redisConnectionsMissing supplies the number of connections to Redis that are not open
 * @param nodes the nodes, read with the connections of the administration
 * @param ledger reads the backlog of the ledger
 * @param node supplies the name of this node
 */
public record DiagnosticSources(
        List<StoreDescription> stores,
        Supplier<List<PoolState>> pools,
        IntSupplier redisConnectionsMissing,
        NodeRepository nodes,
        Mono<LedgerBacklog> ledger,
        Supplier<String> node) {}
