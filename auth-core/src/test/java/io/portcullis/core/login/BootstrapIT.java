package io.portcullis.core.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.account.PasswordHasher;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;

/** Tests nodes that start together on an empty database and create the first administrator. */
@Timeout(180)
class BootstrapIT {
    private static final int ROUNDS = 40;
    private static final Duration SPREAD = Duration.ofMillis(2);
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String DEMO = "root-demo-pass";

    private static CoreCluster cluster;
    private static PasswordHasher hasher;

    @BeforeAll
    static void start() {
        cluster = CoreCluster.start();
        hasher = new PasswordHasher(new CountingEncoder(), 2, 128);
    }

    @AfterAll
    static void stop() {
        hasher.close();
        cluster.close();
    }

    @BeforeEach
    void clear() {
        cluster.sql().update("DELETE FROM account");
    }

    private static AccountService accounts(int node) {
        return cluster.node(node).services(hasher).accounts();
    }

    private static List<String> names() {
        return cluster.sql().texts("SELECT username FROM account");
    }

    @Test
    void bootstrapWhenNodesStartTogetherThenOneAdministratorIsMade() {
        var outcomes = Flux.range(0, 8)
                .flatMap(i -> Outcome.later(accounts(i).bootstrap("root", DEMO)))
                .collectList()
                .blockOptional(LIMIT)
                .orElseThrow();

        assertThat(outcomes).allMatch(Outcome::succeeded);
        assertThat(names()).containsExactly("root");
    }

    @Test
    void bootstrapWhenNodesOfDifferentNamesStartTogetherThenOneIsMade() {
        for (int round = 0; round < ROUNDS; round++) {
            clear();
            var one = Race.begin(accounts(0).bootstrap("root", DEMO), SPREAD);
            var other = Race.begin(accounts(1).bootstrap("admin", DEMO), SPREAD);

            assertThat(List.of(one.join(), other.join())).allMatch(Outcome::succeeded);
            assertThat(names()).as("round %d", round).hasSize(1);
        }
    }

    @Test
    void bootstrapWhenThereIsAnAccountThenNothingChanges() {
        cluster.addAccount("amy");

        assertThat(Outcome.of(accounts(0).bootstrap("root", DEMO)).succeeded()).isTrue();

        assertThat(names()).containsExactly("amy");
    }
}
