package io.portcullis.core;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.portcullis.core.r2dbc.R2dbcTransactions;
import io.portcullis.core.reactive.Uncancellable;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.NullMarked;
import org.reactivestreams.Publisher;
import reactor.core.CoreSubscriber;

/** The import table of docs/design.md section 2, and what main code never calls or is called. */
@AnalyzeClasses(packages = "io.portcullis.core", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {
    private static final String CORE = "io.portcullis.core.";

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
            "token.check",
            "degraded",
            "termination",
            "throttle",
            "login",
            "retention");

    /** What each adapter imports: the ports, never the services above them, never the other adapter. */
    private static final Map<String, List<String>> ADAPTERS = Map.of(
            "redis",
            List.of("error", "transaction", "account", "session", "audit", "token", "token.store"),
            "r2dbc",
            List.of(
                    "error",
                    "transaction",
                    "clock",
                    "account",
                    "session",
                    "audit",
                    "token",
                    "retention",
                    "paging",
                    "token.store"),
            "r2dbc.pool",
            List.of("error", "r2dbc", "reactive", "transaction"));

    private static final Set<String> CLOCKS = Set.of("now", "currentTimeMillis", "systemUTC", "systemDefaultZone");
    private static final Set<String> LEAVING_THE_CHAIN = Set.of(
            "block",
            "blockOptional",
            "blockFirst",
            "blockLast",
            "subscribe",
            "subscribeWith",
            "toFuture",
            "toIterable",
            "toStream");

    @ArchTest
    static void packagesWhenImportingThenOnlyWhatTheTableAllows(JavaClasses classes) {
        table().forEach((name, allowed) -> {
            String[] packages = allowed.stream().map(CORE::concat).toArray(String[]::new);
            classes()
                    .that()
                    .resideInAPackage(CORE + name)
                    .should()
                    .onlyDependOnClassesThat(resideOutsideOfPackage(CORE + ".").or(resideInAnyPackage(packages)))
                    .check(classes);
        });
    }

    @ArchTest
    static void packagesWhenTheyExistThenAreInTheTableAndDescribed(JavaClasses classes) {
        for (var each : classes.getPackage("io.portcullis.core").getSubpackagesInTree()) {
            assertThat(table()).containsKey(each.getName().substring(CORE.length()));
            assertThat(each.isAnnotatedWith(NullMarked.class))
                    .as("package-info of %s with @NullMarked", each.getName())
                    .isTrue();
        }
    }

    @ArchTest
    static final ArchRule noCycles = slices().matching(CORE + "(**)").should().beFreeOfCycles();

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

    /** The driver lets nobody near its channels but by its event loops. */
    @ArchTest
    static final ArchRule reactorNettyOnlyInThePool = noClasses()
            .that()
            .doNotHaveFullyQualifiedName(CORE + "r2dbc.pool.ResponseTimeoutLoopResources")
            .and()
            .doNotHaveFullyQualifiedName(CORE + "r2dbc.pool.MySqlConnectionPools")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("reactor.netty..");

    @ArchTest
    static final ArchRule redisOnlyInItsAdapter = noClasses()
            .that()
            .resideOutsideOfPackage(CORE + "redis..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.lettuce..");

    @ArchTest
    static final ArchRule breakerOnlyInItsPackage = noClasses()
            .that()
            .resideOutsideOfPackage(CORE + "resilience")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.github.resilience4j..");

    @ArchTest
    static final ArchRule sqlOnlyInItsAdapter = noClasses()
            .that()
            .resideOutsideOfPackage(CORE + "r2dbc..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.r2dbc..", "io.asyncer..", "org.springframework.r2dbc..", "org.flywaydb..", "java.sql..");

    @ArchTest
    static final ArchRule noLeavingTheReactiveChain = noClasses()
            .that()
            .doNotBelongToAnyOf(Uncancellable.class, R2dbcTransactions.class)
            .should()
            .accessTargetWhere(describe(
                    "block, subscribe or turn into a future",
                    access -> LEAVING_THE_CHAIN.contains(access.getName())
                            && access.getTargetOwner().isAssignableTo(Publisher.class)
                            && !subscribesForItsSubscriber(access)));

    @ArchTest
    static final ArchRule noSleeping = noClasses().should().callMethod(Thread.class, "sleep", long.class);

    @ArchTest
    static final ArchRule timeOnlyFromTheInjectedClock = noClasses()
            .should()
            .accessTargetWhere(describe("read the system's clock", ArchitectureTests::readsTheSystemClock));

    @ArchTest
    static final ArchRule noStandardStreams = noClasses()
            .should()
            .accessTargetWhere(describe(
                    "use System.out or System.err",
                    access -> access.getTargetOwner().isEquivalentTo(System.class)
                            && Set.of("out", "err").contains(access.getName())));

    @ArchTest
    static final ArchRule noNamesThatSayNothing =
            noClasses().should().haveNameMatching(".*(VO|DTO|DO|Convert|Impl|Utils?|Manager|Helper)");

    /** As every operator does. */
    private static boolean subscribesForItsSubscriber(JavaAccess<?> access) {
        String subscribe = "subscribe(" + CoreSubscriber.class.getName() + ")";
        return access.getOriginOwner().isAssignableTo(Publisher.class)
                && access.getOrigin().getFullName().endsWith(subscribe)
                && access.getTarget().getFullName().endsWith(subscribe);
    }

    /** A clock that is passed, as in {@code Instant.now(clock)}, is the injected one. */
    private static boolean readsTheSystemClock(JavaAccess<?> access) {
        var owner = access.getTargetOwner();
        boolean time = owner.getPackageName().equals("java.time") || owner.isEquivalentTo(System.class);
        return time
                && CLOCKS.contains(access.getName())
                && !access.getTarget().getFullName().contains(Clock.class.getName() + ")");
    }

    private static Map<String, List<String>> table() {
        Map<String, List<String>> table = new LinkedHashMap<>();
        for (int i = 0; i < FEATURES.size(); i++) {
            table.put(FEATURES.get(i), FEATURES.subList(0, i + 1));
        }
        ADAPTERS.forEach((name, ports) -> {
            var allowed = new ArrayList<>(ports);
            allowed.add(name);
            table.put(name, allowed);
        });
        return table;
    }
}
