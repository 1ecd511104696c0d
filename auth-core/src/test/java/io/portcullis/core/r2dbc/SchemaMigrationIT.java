package io.portcullis.core.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.testbed.DatabaseServer;
import io.portcullis.testbed.Testbed;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class SchemaMigrationIT {
    @RegisterExtension
    static final TestStore store = new TestStore();

    @Test
    void migrateWhenDoneAlreadyThenNothingHappens() {
        DatabaseServer server = Testbed.shared().database();
        SchemaMigration.migrate(store.url, server.username(), server.password());

        assertThat(store.count("SELECT COUNT(*) FROM portcullis_schema_history WHERE version = '1'"))
                .isEqualTo(1);
    }

    @Test
    void migrateWhenNodesStartTogetherOnAnEmptyDatabaseThenAllSucceed() {
        DatabaseServer server = Testbed.shared().database();
        for (int round = 0; round < 3; round++) {
            String url = server.createDatabase();

            CompletableFuture.allOf(IntStream.range(0, 4)
                            .mapToObj(node -> CompletableFuture.runAsync(
                                    () -> SchemaMigration.migrate(url, server.username(), server.password()),
                                    task -> new Thread(task, "node").start()))
                            .toArray(CompletableFuture<?>[]::new))
                    .join();
        }
    }

    @Test
    void migrateWhenPasswordIsWrongThenSaysWhereAndWhatToCheck() {
        DatabaseServer server = Testbed.shared().database();

        assertThatThrownBy(() -> SchemaMigration.migrate(store.url, server.username(), "wrong-secret"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("spring.r2dbc.url")
                .hasMessageNotContaining("wrong-secret");
    }
}
