package io.portcullis.core.r2dbc;

import static io.portcullis.core.r2dbc.TestStore.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;

@Timeout(180)
class R2dbcSigningKeyRepositoryIT {
    @RegisterExtension
    static final TestStore store = new TestStore();

    @Test
    void getOrCreateWhenNodesRaceThenAllGetOneSecret() {
        R2dbcSigningKeyRepository keys = new R2dbcSigningKeyRepository(store.client, store.transactions);

        List<byte[]> secrets = await(Flux.range(-8, 16)
                .flatMap(i -> keys.getOrCreate(new byte[] {(byte) (int) i, 39, 92, 0, -1}), 16)
                .collectList());

        assertThat(secrets).hasSize(16).allMatch(secret -> Arrays.equals(secret, secrets.get(0)));
        assertThat(secrets.get(0)).hasSize(5).endsWith(39, 92, 0, -1);
    }
}
