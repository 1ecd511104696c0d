package io.portcullis.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.chaos.checker.Bounds;
import io.portcullis.chaos.fault.Fault;
import io.portcullis.chaos.fault.Faults;
import io.portcullis.chaos.history.Disturbance.Loss;
import io.portcullis.chaos.world.MySqlTopology;
import io.portcullis.chaos.world.RedisTopology;
import io.portcullis.chaos.world.WorldOptions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlanTests {
    private static final Faults FAULTS = Faults.of(RedisTopology.SINGLE, MySqlTopology.SINGLE);
    private static final Duration LASTED = Duration.ofSeconds(5);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final boolean REJECT = true;
    private static final boolean QUEUE = false;

    private static Bounds bounds(boolean policy, String... faults) {
        return new Plan(1, Stream.of(faults).map(FAULTS::named).toList(), policy).bounds(LASTED);
    }

    static Stream<Bounds> boundsOfASecond() {
        return Stream.of(
                bounds(REJECT, "redis-black-hole-one"),
                bounds(REJECT, "redis-black-hole", "mysql-mute-one"),
                bounds(QUEUE, "redis-deaf-one", "mysql-reset"));
    }

    @ParameterizedTest
    @MethodSource("boundsOfASecond")
    void boundsWhenAFaultCutsOffOneNodeThenASecond(Bounds bounds) {
        assertThat(bounds.stale()).isEqualTo(SECOND);
        assertThat(bounds.superseded()).isEqualTo(SECOND);
    }

    @Test
    void boundsWhenFaultsDoNotSplitTheNodesThenTheWeakestOfEach() {
        assertThat(bounds(REJECT, "mysql-slow").stale()).isZero();
        assertThat(bounds(REJECT, "redis-stop", "clock").skew()).isEqualTo(Duration.ofSeconds(5));
    }

    /** What the node without Redis has replaced, the others could read in MySQL alone. */
    @Test
    void boundsWhenOneNodeHasNoRedisAndAnotherNoMySqlThenForAsLongAsThatLasts() {
        Bounds reject = bounds(REJECT, "redis-deaf-one", "mysql-stop");

        assertThat(reject.superseded()).isEqualTo(LASTED.plus(SECOND));
        assertThat(reject.stale()).as("no logout is answered without Redis").isEqualTo(SECOND);
        assertThat(bounds(QUEUE, "mysql-cut-one", "redis-cut-one").stale()).isEqualTo(LASTED.plus(SECOND));
    }

    /** A logout is answered without the tombstone that one node's network holds, and the other node still trusts Redis. */
    @Test
    void boundsWhenTombstonesMayBeLateThenASecondElsewhereUnderQueueAlone() {
        Bounds queue = bounds(QUEUE, "redis-late-issue-one");
        Bounds reject = bounds(REJECT, "redis-late-issue-one");

        assertThat(queue.stale()).isEqualTo(SECOND);
        assertThat(queue.staleWhereEnded()).isZero();
        assertThat(reject.stale()).isZero();
        assertThat(reject.staleWhereEnded()).isZero();
        assertThat(bounds(QUEUE, "redis-flush").stale()).isZero();
        assertThat(bounds(QUEUE, "redis-late-issue-one", "mysql-cut-one").stale())
                .as("the other node cannot read the ledger")
                .isEqualTo(LASTED.plus(SECOND));
    }

    /** The tombstones are in the one master, and the node that asks the other cannot read the ledger. */
    @Test
    void boundsWhenThereAreTwoMastersThenASecondUnlessANodeHasNoMySqlEither() {
        assertThat(bounds(REJECT, "redis-two-masters").stale()).isEqualTo(SECOND);
        assertThat(bounds(REJECT, "redis-two-masters", "mysql-cut-one").stale()).isEqualTo(LASTED.plus(SECOND));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "none",
                "redis-flush",
                "redis-out-of-memory",
                "mysql-read-only",
                "mysql-lost-answers",
                "mysql-reset",
                "clock"
            })
    void lossesWhenAFaultLeavesTheWaysOfEndsAloneThenNone(String fault) {
        assertThat(FAULTS.named(fault).losses()).isEmpty();
    }

    @Test
    void lossesWhenAFaultKeepsANodeFromAStoreThenThatStore() {
        assertThat(FAULTS.named("redis-cut-one").losses()).containsExactly(Loss.REDIS);
        assertThat(FAULTS.named("mysql-stop").losses()).containsExactly(Loss.MYSQL);
        assertThat(FAULTS.named("mysql-slow").losses()).containsExactly(Loss.QUERIES);
        assertThat(FAULTS.named("redis-publish-denied").losses()).containsExactly(Loss.SIGNAL);
        assertThat(FAULTS.named("stores-cut-one").losses()).containsExactlyInAnyOrder(Loss.REDIS, Loss.MYSQL);
        assertThat(FAULTS.named("stores-cut-one").hold()).isGreaterThan(WorldOptions.MAX_UNCHECKED);
    }

    /** The tombstones are in Redis before the commit, which MySQL may break off. */
    @Test
    void boundsWhenMySqlMayBreakALogoutOffThenItMayBeHalfDoneUnderEitherPolicy() {
        assertThat(bounds(QUEUE, "mysql-kill").halfDoneAllowed()).isTrue();
        assertThat(bounds(QUEUE, "redis-stop").halfDoneAllowed()).isFalse();
        assertThat(bounds(REJECT, "redis-stop").halfDoneAllowed()).isTrue();
    }

    @Test
    void faultsThenMySqlCanAnswerReadsAndRefuseWrites() {
        assertThat(FAULTS.all()).extracting(Fault::name).contains("mysql-read-only");
        assertThat(bounds(REJECT, "mysql-read-only").stale())
                .as("nothing can be stale when nothing can be changed")
                .isZero();
    }

    /** The new primary may lack what the former one had confirmed, unless commits waited for it. */
    @Test
    void planWhenAFailoverMayLoseCommitsThenOnlyWithoutSemiSynchronousReplication() {
        assertThat(losesCommits(MySqlTopology.REPLICA, "mysql-failover-kill")).isTrue();
        assertThat(losesCommits(MySqlTopology.REPLICA, "mysql-switch")).isFalse();
        assertThat(losesCommits(MySqlTopology.SEMI_SYNC, "mysql-failover-kill")).isFalse();
        assertThat(losesCommits(MySqlTopology.GALERA, "galera-kill")).isFalse();
    }

    /** A node without Redis reaches MySQL again, at the new primary, and keeps its streams. */
    @Test
    void lossesWhenMySqlFailsOverThenItIsNotGoneForTheWholeFault() {
        Faults faults = Faults.of(RedisTopology.SINGLE, MySqlTopology.SEMI_SYNC);
        assertThat(faults.named("mysql-failover-kill").losses()).containsExactly(Loss.QUERIES);
        assertThat(faults.named("mysql-stop").losses()).containsExactly(Loss.MYSQL);
    }

    private static boolean losesCommits(MySqlTopology topology, String fault) {
        Fault named = Faults.of(RedisTopology.SINGLE, topology).named(fault);
        return new Plan(1, List.of(named), REJECT).losesCommits();
    }

    @Test
    void faultsWhenRedisIsASingleServerThenOneForEachWayToRefuseWrites() {
        assertThat(FAULTS.all())
                .extracting(Fault::name)
                .contains(
                        "redis-out-of-memory",
                        "redis-read-only",
                        "redis-no-replicas",
                        "redis-not-permitted",
                        "redis-snapshot-failed",
                        "redis-two-masters");
    }
}
