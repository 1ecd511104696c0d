package io.portcullis.core;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;
import io.portcullis.core.r2dbc.R2dbcTransactions;
import io.portcullis.core.reactive.BackgroundWork;
import io.portcullis.testbed.ArchitectureRules;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The imports in the picture of docs/design.md section 2, and what main code of the core never calls. */
@AnalyzeClasses(packages = ArchitectureTests.ROOT, importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {
    static final String ROOT = "io.portcullis.core";

    /** Each imports only those before it. */
    private static final List<String> FEATURES = List.of(
            "error",
            "reactive",
            "resilience",
            "transaction",
            "paging",
            "id",
            "clock",
            "account",
            "session",
            "audit",
            "token",
            "token.store",
            "token.use",
            "token.check",
            "degraded",
            "termination",
            "throttle",
            "client",
            "login",
            "ticket",
            "retention",
            "identity",
            "event",
            "sample");

    /** What each adapter imports: the ports, never the services above them, never the other adapter. */
    private static final Map<String, List<String>> ADAPTERS = Map.of(
            "redis",
            List.of("error", "transaction", "account", "session", "audit", "token", "token.store"),
            "r2dbc",
            List.of(
                    "error",
                    "resilience",
                    "transaction",
                    "clock",
                    "account",
                    "session",
                    "audit",
                    "token",
                    "retention",
                    "identity",
                    "event",
                    "ticket",
                    "client",
                    "sample",
                    "paging",
                    "token.store",
                    "token.use"),
            "r2dbc.pool",
            List.of("error", "r2dbc", "reactive", "transaction"));

    @ArchTest
    static final ArchTests shared = ArchTests.in(ArchitectureRules.class);

    @ArchTest
    static void packagesWhenImportingThenOnlyWhatTheTableAllows(JavaClasses classes) {
        ArchitectureRules.requireImports(classes, ROOT, table());
    }

    @ArchTest
    static void packagesWhenTheyExistThenAreInTheTableAndDescribed(JavaClasses classes) {
        ArchitectureRules.requireDescriptions(classes, ROOT, table());
    }

    @ArchTest
    static final ArchRule noCycles = slices().matching(ROOT + ".(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule noFrameworkOfTheApplication = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.springframework.boot..",
                    "org.springframework.context..",
                    "org.springframework.beans..",
                    "org.springframework.web..",
                    "org.springframework.http..",
                    "jakarta..");

    /** The driver gives access to its channels by its event loops alone. */
    @ArchTest
    static final ArchRule reactorNettyOnlyInThePool = noClasses()
            .that()
            .doNotHaveFullyQualifiedName(ROOT + ".r2dbc.pool.ResponseTimeoutLoopResources")
            .and()
            .doNotHaveFullyQualifiedName(ROOT + ".r2dbc.pool.MySqlConnectionPools")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("reactor.netty..");

    @ArchTest
    static final ArchRule redisOnlyInItsAdapter = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".redis..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.lettuce..");

    @ArchTest
    static final ArchRule breakerOnlyInItsPackage = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".resilience")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.github.resilience4j..");

    @ArchTest
    static final ArchRule sqlOnlyInItsAdapter = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".r2dbc..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.r2dbc..", "io.asyncer..", "org.springframework.r2dbc..", "org.flywaydb..", "java.sql..");

    @ArchTest
    static final ArchRule noLeavingTheReactiveChain = noClasses()
            .that()
            .doNotBelongToAnyOf(BackgroundWork.class, R2dbcTransactions.class)
            .should()
            .accessTargetWhere(ArchitectureRules.block().or(ArchitectureRules.detachWork()));

    @ArchTest
    static final ArchRule timeOnlyFromTheInjectedClock =
            noClasses().should().accessTargetWhere(ArchitectureRules.readSystemClock());

    private static Map<String, List<String>> table() {
        Map<String, List<String>> table = new LinkedHashMap<>(ADAPTERS);
        for (int i = 0; i < FEATURES.size(); i++) {
            table.put(FEATURES.get(i), FEATURES.subList(0, i));
        }
        return table;
    }
}
