package io.portcullis.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PoolSizeLimitTests {
    private final PoolSizeLimit bound = new PoolSizeLimit(2);

    @Test
    void permitsWhenStreamsAreOpenThenAreSoManyMore() {
        assertThat(bound.getPermits(3)).isEqualTo(2);
        assertThat(bound.getPermits(1)).isZero();

        bound.addStream();

        assertThat(bound.estimatePermitCount()).isEqualTo(1);
        assertThat(bound.getPermits(1)).isEqualTo(1);
        assertThat(bound.getPermits(1)).isZero();
    }

    @Test
    void permitsWhenAStreamEndsThenAreTakenBack() {
        bound.addStream();
        assertThat(bound.getPermits(3)).isEqualTo(3);

        bound.removeStream();

        assertThat(bound.estimatePermitCount()).isZero();
        bound.returnPermits(1);
        assertThat(bound.getPermits(1)).isZero();
        bound.returnPermits(1);
        assertThat(bound.getPermits(1)).isEqualTo(1);
        assertThat(bound.permitGranted()).isEqualTo(2);
    }
}
