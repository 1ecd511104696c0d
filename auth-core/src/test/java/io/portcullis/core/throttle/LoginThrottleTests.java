package io.portcullis.core.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.login.MovableClock;
import io.portcullis.core.session.AddressBlock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoginThrottleTests {
    private static final AddressBlock HERE = AddressBlock.of("192.0.2.1");
    private static final AddressBlock ELSEWHERE = AddressBlock.of("192.0.2.2");

    private final MovableClock clock = new MovableClock();
    private final LoginThrottle throttle = new LoginThrottle(new AttemptLimits(3, 5, 8, Duration.ofMinutes(5)), clock);

    /** Presents a wrong password; returns false if the attempt was refused. */
    private boolean fail(String name, AddressBlock block) {
        var admission = throttle.begin(name, null, block);
        boolean admitted = admission.refusal() == null && !admission.requiresFamiliarAddress();
        if (admitted) {
            admission.countAsWrong();
        }
        admission.end();
        return admitted;
    }

    @Test
    void beginGivenPasswordsThatAreRightThenNoLimit() {
        for (int i = 0; i < 100; i++) {
            var admission = throttle.begin("alice", null, HERE);
            assertThat(admission.refusal()).isNull();
            assertThat(admission.refusal("id")).isNull();
            admission.end();
        }
    }

    @Test
    void beginGivenChecksUnderWayThenTheyCountAsWrong() {
        var underWay = List.of(
                throttle.begin("alice", null, HERE),
                throttle.begin("alice", null, HERE),
                throttle.begin("alice", null, HERE));

        var refusal = Objects.requireNonNull(throttle.begin("alice", null, HERE).refusal());

        assertThat(refusal.retryAfter()).isEqualTo(Duration.ofSeconds(1));
        underWay.forEach(LoginThrottle.Admission::end);
        assertThat(throttle.begin("alice", null, HERE).refusal()).isNull();
    }

    @Test
    void beginGivenWrongPasswordsThenNameAndAddressAreRefusedInTheWindow() {
        for (int i = 0; i < 3; i++) {
            assertThat(fail("alice", HERE)).isTrue();
        }
        clock.advance(Duration.ofMinutes(2));

        var refusal = Objects.requireNonNull(throttle.begin("ALICE", null, HERE).refusal());

        assertThat(refusal.retryAfter()).isEqualTo(Duration.ofMinutes(3));
        assertThat(fail("alice", ELSEWHERE)).isTrue();
        assertThat(fail("ben", HERE)).isTrue();
        clock.advance(Duration.ofMinutes(3));
        assertThat(fail("alice", HERE)).isTrue();
    }

    @Test
    void beginGivenAnExhaustedAddressThenOneCheckOfANameMayShowThatItIsAtHome() {
        exhaustAddress();

        var first = throttle.begin("alice", null, HERE);
        assertThat(first.refusal()).isNull();
        assertThat(first.requiresFamiliarAddress()).isTrue();
        assertThat(throttle.begin("alice", null, HERE).refusal()).isNotNull();
        assertThat(throttle.begin("ben", null, HERE).refusal()).isNull();
        first.end();
        assertThat(throttle.begin("alice", null, HERE).refusal()).isNull();
        assertThat(throttle.begin("ben", null, ELSEWHERE).requiresFamiliarAddress())
                .isFalse();
    }

    /** A caller with an account of its own must not block the other callers at its address. */
    @Test
    void beginGivenAnExhaustedAddressThenChecksOfEightNamesAtATimeGoOn() {
        exhaustAddress();

        for (int i = 0; i < 8; i++) {
            assertThat(throttle.begin("user" + i, null, HERE).refusal()).isNull();
        }
        assertThat(throttle.begin("user8", null, HERE).refusal()).isNotNull();
    }

    private void exhaustAddress() {
        for (int i = 0; i < 5; i++) {
            assertThat(fail("name" + i, HERE)).isTrue();
        }
    }

    @Test
    void refusalGivenWrongPasswordsFromManyAddressesThenAFamiliarOneIsLeft() {
        for (int i = 0; i < 8; i++) {
            var admission = throttle.begin("alice", null, AddressBlock.of("198.51.100." + i));
            assertThat(admission.refusal("id")).isNull();
            assertThat(admission.requiresFamiliarAddress()).isFalse();
            admission.countAsWrong();
            admission.end();
        }

        var next = throttle.begin("alice", null, HERE);

        assertThat(next.refusal()).isNull();
        assertThat(next.refusal("id")).isNull();
        assertThat(next.requiresFamiliarAddress()).isTrue();
    }

    @Test
    void refusalGivenOneAccountUnderManyNamesThenTheyAreOne() {
        List<Boolean> refused = new ArrayList<>();
        for (String name : List.of("one", "two", "three", "four")) {
            var admission = throttle.begin(name, null, HERE);
            refused.add(admission.refusal("id") != null);
            admission.countAsWrong();
            admission.end();
        }

        assertThat(refused).containsExactly(false, false, false, true);
    }

    @Test
    void reportsFirstWhenAskedThenOncePerWindow() {
        var slot = throttle.begin("alice", null, HERE).name();

        assertThat(slot.reportsFirst()).isTrue();
        assertThat(throttle.begin("alice", null, HERE).name().reportsFirst()).isFalse();
        assertThat(throttle.begin("alice", null, ELSEWHERE).name().reportsFirst())
                .isTrue();
        clock.advance(Duration.ofMinutes(5));
        assertThat(throttle.begin("alice", null, HERE).name().reportsFirst()).isTrue();
    }

    /** Varies everything that a client chooses: usernames and addresses. */
    @Test
    void beginGivenAFloodOfNamesAndAddressesThenTheMemoryIsBounded() {
        for (int i = 0; i < 200_000; i++) {
            var once = fail("name" + i, AddressBlock.of("10." + (i >> 16) + "." + ((i >> 8) & 255) + "." + (i & 255)));
            var again = fail("name" + i, HERE);
            assertThat(once || again || i >= 5).isTrue();
        }

        assertThat(throttle.keys()).isLessThanOrEqualTo(4 * 16_384);
    }

    @ParameterizedTest
    @CsvSource({
        "alice, ALICE",
        "alice, Àlìcé",
        "alice, ' alice '",
        "alice, ａｌｉｃｅ",
        "alice, al\u200Bice",
        "alice, ali\u0301ce",
        "strasse, STRAßE",
        "\u03C3\u03AF\u03C3\u03C5\u03C6\u03BF\u03C2, \u03A3\u038A\u03A3\u03A5\u03A6\u039F\u03A3",
        "office, o\uFB03ce"
    })
    void foldedNameWhenACollationIgnoresTheDifferenceThenTheSame(String one, String other) {
        assertThat(FoldedName.of(one)).isEqualTo(FoldedName.of(other));
    }

    @ParameterizedTest
    @CsvSource({"alice, alice1", "alice, a lice", "alice, 用户", "用户, 用戶"})
    void foldedNameWhenTheNameIsAnotherThenAnother(String one, String other) {
        assertThat(FoldedName.of(one)).isNotEqualTo(FoldedName.of(other));
    }

    @Test
    void foldedNameWhenOutlandishThenShort() {
        assertThat(FoldedName.of("\ufdfa".repeat(100_000)).length()).isLessThan(4_000);
        assertThat(FoldedName.of("\ud800\u0000")).isNotNull();
    }
}
