package io.portcullis.testbed;

import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestPlan;
import reactor.blockhound.BlockHound;

/**
 * Installs BlockHound when the tests of a JVM begin. The listener of {@code blockhound-junit-platform} installs it when JUnit looks for
 * tests, which Maven does in its own JVM if it divides the tests among several.
 */
public final class BlockHoundListener implements TestExecutionListener {
    @Override
    public void testPlanExecutionStarted(TestPlan tests) {
        BlockHound.install();
    }
}
