package io.portcullis.gateway;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.reactivestreams.Publisher;
import reactor.core.CoreSubscriber;

/** The import table of docs/design.md section 2, and what main code never calls or is called. */
@AnalyzeClasses(packages = "io.portcullis.gateway", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {
    private static final String GATEWAY = "io.portcullis.gateway.";
    private static final String CONFIG = GATEWAY + "config";
    private static final String[] ADAPTERS = {"io.portcullis.core.redis..", "io.portcullis.core.r2dbc.."};

    /** What each package imports of the others. */
    private static final Map<String, Set<String>> TABLE = Map.ofEntries(
            entry("problem", Set.of()),
            entry("route", Set.of("problem", "startup")),
            entry("startup", Set.of()),
            entry("observe", Set.of()),
            entry("forwarded", Set.of("startup")),
            entry("cors", Set.of()),
            entry("upstream", Set.of("connection", "stream")),
            entry("logging", Set.of()),
            entry("connection", Set.of("problem", "cors", "startup")),
            entry("authentication", Set.of("problem", "forwarded", "route")),
            entry("stream", Set.of("authentication", "connection", "startup")),
            entry(
                    "fastpath",
                    Set.of(
                            "problem",
                            "authentication",
                            "stream",
                            "forwarded",
                            "cors",
                            "connection",
                            "observe",
                            "route",
                            "startup")),
            entry("endpoint", Set.of("problem", "authentication", "connection", "cors")),
            entry("admin", Set.of("problem", "authentication", "endpoint")),
            entry("config", Set.of("observe", "startup", "stream")));

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
        TABLE.forEach((name, others) -> {
            String[] allowed = Stream.concat(others.stream(), Stream.of(name))
                    .map(GATEWAY::concat)
                    .toArray(String[]::new);
            classes()
                    .that()
                    .resideInAPackage(GATEWAY + name)
                    .should()
                    .onlyDependOnClassesThat(
                            resideOutsideOfPackage(GATEWAY + ".").or(resideInAnyPackage(allowed)))
                    .check(classes);
        });
    }

    @ArchTest
    static void packagesWhenTheyExistThenAreInTheTableAndDescribed(JavaClasses classes) {
        var root = classes.getPackage("io.portcullis.gateway");
        assertThat(root.isAnnotatedWith(NullMarked.class)).isTrue();
        for (var each : root.getSubpackages()) {
            assertThat(TABLE).containsKey(each.getRelativeName());
            assertThat(each.isAnnotatedWith(NullMarked.class))
                    .as("package-info of %s with @NullMarked", each.getName())
                    .isTrue();
        }
    }

    @ArchTest
    static final ArchRule noCycles =
            slices().matching(GATEWAY + "(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule adaptersOnlyInConfig = noClasses()
            .that()
            .resideOutsideOfPackage(CONFIG)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ADAPTERS);

    @ArchTest
    static final ArchRule driversOnlyInConfig = noClasses()
            .that()
            .resideOutsideOfPackage(CONFIG)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.lettuce..", "io.r2dbc..", "io.github.resilience4j..", "org.springframework.r2dbc..");

    /** {@code config}, the check of the routes and the load of the route table block the starting thread alone. */
    @ArchTest
    static final ArchRule noBlocking = noClasses()
            .that()
            .resideOutsideOfPackage(CONFIG)
            .and()
            .doNotHaveSimpleName("RouteStartCheck")
            .and()
            .doNotHaveSimpleName("FastPathConfiguration")
            .should()
            .accessTargetWhere(describe("block", access -> leavesTheChain(access) && isBlocking(access)));

    @ArchTest
    static final ArchRule noDetachedWork = noClasses()
            .should()
            .accessTargetWhere(describe(
                    "subscribe or turn into a future",
                    access -> leavesTheChain(access) && !isBlocking(access) && !subscribesForItsSubscriber(access)));

    @ArchTest
    static final ArchRule noSleeping = noClasses().should().callMethod(Thread.class, "sleep", long.class);

    @ArchTest
    static final ArchRule timeOnlyFromTheInjectedClock = noClasses()
            .that()
            .resideOutsideOfPackage(CONFIG)
            .should()
            .accessTargetWhere(describe("read the system's clock", ArchitectureTests::readsTheSystemClock));

    @ArchTest
    static final ArchRule secureRandomOnlyInjected = noClasses()
            .that()
            .resideOutsideOfPackage(CONFIG)
            .should()
            .dependOnClassesThat()
            .areAssignableTo(SecureRandom.class);

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

    private static boolean leavesTheChain(JavaAccess<?> access) {
        return LEAVING_THE_CHAIN.contains(access.getName())
                && access.getTargetOwner().isAssignableTo(Publisher.class);
    }

    /** As every operator does. */
    private static boolean subscribesForItsSubscriber(JavaAccess<?> access) {
        String subscribe = "subscribe(" + CoreSubscriber.class.getName() + ")";
        return access.getOriginOwner().isAssignableTo(Publisher.class)
                && access.getOrigin().getFullName().endsWith(subscribe)
                && access.getTarget().getFullName().endsWith(subscribe);
    }

    private static boolean isBlocking(JavaAccess<?> access) {
        return access.getName().startsWith("block")
                || Set.of("toIterable", "toStream").contains(access.getName());
    }

    /** A clock that is passed, as in {@code Instant.now(clock)}, is the injected one. */
    private static boolean readsTheSystemClock(JavaAccess<?> access) {
        var owner = access.getTargetOwner();
        boolean time = owner.getPackageName().equals("java.time") || owner.isEquivalentTo(System.class);
        return time
                && CLOCKS.contains(access.getName())
                && !access.getTarget().getFullName().contains(Clock.class.getName() + ")");
    }
}
