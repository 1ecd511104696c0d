package io.portcullis.core.r2dbc.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.r2dbc.ServerAddress;
import io.portcullis.core.r2dbc.ServerState;
import io.portcullis.core.r2dbc.ServerState.Role;
import java.util.List;
import org.junit.jupiter.api.Test;

class WriterChoiceTests {
    private static final ServerAddress A = new ServerAddress("a", 3306);
    private static final ServerAddress B = new ServerAddress("b", 3306);
    private static final ServerState WRITABLE = new ServerState(Role.WRITABLE, "");
    private static final ServerState READ_ONLY = new ServerState(Role.READ_ONLY, "");
    private static final ServerState NODE = new ServerState(Role.WRITABLE, "cluster");

    private final WriterChoice choice = new WriterChoice(List.of(A, B));

    private void see(ServerState a, ServerState b) {
        choice.record(A, a);
        choice.record(B, b);
    }

    @Test
    void chooseWhenNotAllServersWereAskedThenNone() {
        choice.record(A, WRITABLE);

        assertThat(choice.writer()).isNull();
    }

    @Test
    void chooseWhenOneTakesWritesThenThatOne() {
        see(READ_ONLY, WRITABLE);

        assertThat(choice.writer()).isEqualTo(B);
        assertThat(choice.rivals()).isEmpty();
    }

    @Test
    void chooseWhenTheWriterIsDemotedThenNoneUntilAnotherIsPromoted() {
        see(WRITABLE, READ_ONLY);
        choice.record(A, READ_ONLY);
        assertThat(choice.writer()).isNull();

        choice.record(B, WRITABLE);
        assertThat(choice.writer()).isEqualTo(B);
    }

    @Test
    void chooseWhenTheWriterDoesNotRespondThenKeptUntilAnotherTakesWrites() {
        see(WRITABLE, READ_ONLY);
        choice.record(A, ServerState.UNREACHABLE);
        assertThat(choice.writer()).isEqualTo(A);

        choice.record(B, WRITABLE);
        assertThat(choice.writer()).isEqualTo(B);
        assertThat(choice.isLost(A)).isTrue();
    }

    @Test
    void chooseWhenTheFormerWriterComesBackReadOnlyThenTheNewOneStays() {
        see(ServerState.UNREACHABLE, WRITABLE);
        choice.record(A, READ_ONLY);

        assertThat(choice.writer()).isEqualTo(B);
    }

    @Test
    void chooseWhenTheFormerWriterComesBackAsAWriterThenTheNewOneStaysAndTheOtherIsARival() {
        see(WRITABLE, READ_ONLY);
        choice.record(A, ServerState.UNREACHABLE);
        choice.record(B, WRITABLE);
        choice.record(A, WRITABLE);

        assertThat(choice.writer()).isEqualTo(B);
        assertThat(choice.rivals()).containsExactly(A);
    }

    @Test
    void chooseWhenAReplicaIsPromotedBesideTheWriterThenNoneUntilOneIsLeft() {
        see(WRITABLE, READ_ONLY);
        choice.record(B, WRITABLE);
        assertThat(choice.writer()).isNull();
        choice.record(A, WRITABLE);
        choice.record(B, WRITABLE);
        assertThat(choice.writer()).isNull();
        assertThat(choice.rivals()).containsExactly(A, B);

        choice.record(A, READ_ONLY);
        assertThat(choice.writer()).isEqualTo(B);
    }

    @Test
    void chooseWhenTwoTakeWritesAtTheStartThenNone() {
        see(WRITABLE, WRITABLE);

        assertThat(choice.writer()).isNull();
    }

    @Test
    void chooseWhenAReplicaIsPromotedWhileTheWriterHangsThenUsedOnceThatIsKnown() {
        see(WRITABLE, READ_ONLY);
        choice.record(B, WRITABLE);
        assertThat(choice.writer()).isNull();

        choice.record(A, ServerState.UNREACHABLE);
        assertThat(choice.writer()).isEqualTo(B);
    }

    /** It lacks what was written since it was left. */
    @Test
    void chooseWhenTheWriterIsSilentThenNotTheFormerOneThatCameBackAsAWriter() {
        see(WRITABLE, READ_ONLY);
        choice.record(A, ServerState.UNREACHABLE);
        choice.record(B, WRITABLE);
        choice.record(A, WRITABLE);

        choice.record(B, ServerState.UNREACHABLE);
        assertThat(choice.writer()).isEqualTo(B);
        assertThat(choice.barred()).containsExactly(A);
        choice.record(A, WRITABLE);
        assertThat(choice.writer()).isEqualTo(B);

        choice.record(B, WRITABLE);
        assertThat(choice.writer()).isEqualTo(B);
        assertThat(choice.barred()).isEmpty();
    }

    @Test
    void chooseWhenTheFormerWriterWasReadOnlyAndIsPromotedThenThatOne() {
        see(WRITABLE, READ_ONLY);
        choice.record(A, ServerState.UNREACHABLE);
        choice.record(B, WRITABLE);
        choice.record(A, READ_ONLY);
        choice.record(B, ServerState.UNREACHABLE);

        choice.record(A, WRITABLE);

        assertThat(choice.writer()).isEqualTo(A);
    }

    @Test
    void chooseWhenTheOtherIsMadeReadOnlyThenTheFormerWriter() {
        see(WRITABLE, READ_ONLY);
        choice.record(A, ServerState.UNREACHABLE);
        choice.record(B, WRITABLE);
        choice.record(A, WRITABLE);

        choice.record(B, READ_ONLY);

        assertThat(choice.writer()).isEqualTo(A);
    }

    @Test
    void chooseWhenAReplicaWasPromotedBesideTheWriterThenItsSilenceDoesNotBringTheWriterBack() {
        see(WRITABLE, READ_ONLY);
        choice.record(B, WRITABLE);

        choice.record(B, ServerState.UNREACHABLE);
        assertThat(choice.writer()).isNull();

        choice.record(B, READ_ONLY);
        assertThat(choice.writer()).isEqualTo(A);
    }

    @Test
    void chooseWhenTwoTookWritesAtTheStartThenTheSilenceOfOneDoesNotDecide() {
        see(WRITABLE, WRITABLE);

        choice.record(B, ServerState.UNREACHABLE);
        assertThat(choice.writer()).isNull();

        choice.record(B, READ_ONLY);
        assertThat(choice.writer()).isEqualTo(A);
    }

    @Test
    void chooseWhenNodesOfOneClusterThenTheFirstAndNoRival() {
        see(NODE, NODE);

        assertThat(choice.writer()).isEqualTo(A);
        assertThat(choice.rivals()).isEmpty();
    }

    @Test
    void chooseWhenTheOtherNodeOfTheClusterIsSilentThenTheOneThatCameBack() {
        see(NODE, NODE);
        choice.record(A, ServerState.UNREACHABLE);
        assertThat(choice.writer()).isEqualTo(B);

        choice.record(A, NODE);
        choice.record(B, ServerState.UNREACHABLE);
        assertThat(choice.writer()).isEqualTo(A);
    }

    @Test
    void chooseWhenTheNodeLeavesItsClusterThenTheOtherStaysAlsoAfterTheReturn() {
        see(NODE, NODE);
        choice.record(A, new ServerState(Role.NOT_SYNCED, "cluster"));
        assertThat(choice.writer()).isEqualTo(B);

        choice.record(A, NODE);
        assertThat(choice.writer()).isEqualTo(B);
    }
}
