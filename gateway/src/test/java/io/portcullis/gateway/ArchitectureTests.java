package io.portcullis.gateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaParameter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;
import io.portcullis.gateway.endpoint.EndpointBody;
import io.portcullis.testbed.ArchitectureRules;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.NullMarked;
import org.springframework.web.bind.annotation.RequestBody;

/** The imports in the picture of docs/design.md section 2, and what main code of the gateway never calls. */
@AnalyzeClasses(packages = ArchitectureTests.ROOT, importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {
    static final String ROOT = "io.portcullis.gateway";
    private static final String CONFIG = ROOT + ".config";
    private static final String[] ADAPTERS = {"io.portcullis.core.redis..", "io.portcullis.core.r2dbc.."};

    /** What each package imports of the others. */
    private static final Map<String, Set<String>> TABLE = Map.ofEntries(
            entry("problem", Set.of()),
            entry("origin", Set.of()),
            entry("route", Set.of("problem", "startup", "origin")),
            entry("startup", Set.of()),
            entry("observe", Set.of()),
            entry("forwarded", Set.of("startup", "origin")),
            entry("cors", Set.of("forwarded", "origin", "problem")),
            entry("cookie", Set.of("forwarded", "origin", "connection")),
            entry("upstream", Set.of("connection", "origin")),
            entry("logging", Set.of()),
            entry("connection", Set.of("problem", "cors", "origin", "startup")),
            entry("accesslog", Set.of("connection", "forwarded", "logging")),
            entry("authentication", Set.of("problem", "accesslog", "forwarded", "cookie", "route", "origin")),
            entry("stream", Set.of("authentication", "connection", "cookie", "startup", "upstream", "origin")),
            entry("websocket", Set.of("accesslog", "connection", "origin", "stream", "upstream")),
            entry(
                    "fastpath",
                    Set.of(
                            "problem",
                            "accesslog",
                            "logging",
                            "authentication",
                            "cookie",
                            "stream",
                            "forwarded",
                            "cors",
                            "connection",
                            "observe",
                            "origin",
                            "route",
                            "startup",
                            "upstream")),
            entry("tenant", Set.of("startup")),
            entry("endpoint", Set.of("problem", "authentication", "cookie", "connection", "cors", "tenant")),
            entry("decision", Set.of("problem", "accesslog", "authentication", "cookie", "route")),
            entry("loginservice", Set.of("problem", "authentication", "cookie", "endpoint", "route", "upstream")),
            entry("oauth2", Set.of("problem", "authentication", "endpoint", "forwarded", "origin")),
            entry("reload", Set.of("route", "startup")),
            entry("admin", Set.of("problem", "authentication", "endpoint", "reload", "route")),
            entry("console", Set.of("problem", "authentication", "cookie", "endpoint", "stream", "tenant")),
            entry("event", Set.of("startup")),
            entry("openapi", Set.of("diagnostics")),
            entry("diagnostics", Set.of("observe", "problem", "startup")),
            entry(
                    "config",
                    Set.of("diagnostics", "observe", "startup", "stream", "admin", "fastpath", "route", "event")));

    @ArchTest
    static final ArchTests shared = ArchTests.in(ArchitectureRules.class);

    @ArchTest
    static void packagesWhenImportingThenOnlyWhatTheTableAllows(JavaClasses classes) {
        ArchitectureRules.requireImports(classes, ROOT, TABLE);
    }

    @ArchTest
    static void packagesWhenTheyExistThenAreInTheTableAndDescribed(JavaClasses classes) {
        assertThat(classes.getPackage(ROOT).isAnnotatedWith(NullMarked.class)).isTrue();
        ArchitectureRules.requireDescriptions(classes, ROOT, TABLE);
    }

    @ArchTest
    static final ArchRule noCycles = slices().matching(ROOT + ".(*)..").should().beFreeOfCycles();

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
            .accessTargetWhere(ArchitectureRules.block());

    @ArchTest
    static final ArchRule noDetachedWork = noClasses().should().accessTargetWhere(ArchitectureRules.detachWork());

    @ArchTest
    static final ArchRule timeOnlyFromTheInjectedClock = noClasses()
            .that()
            .resideOutsideOfPackage(CONFIG)
            .should()
            .accessTargetWhere(ArchitectureRules.readSystemClock());

    @ArchTest
    static final ArchRule secureRandomOnlyInjected = noClasses()
            .that()
            .resideOutsideOfPackage(CONFIG)
            .should()
            .dependOnClassesThat()
            .areAssignableTo(SecureRandom.class);

    /** Bodies of other types are read as leniently as Spring reads JSON by default. */
    @ArchTest
    static void requestBodiesWhenEndpointsTakeThemThenAreReadStrictly(JavaClasses classes) {
        List<JavaClass> bodies = classes.stream()
                .flatMap(each -> each.getMethods().stream())
                .flatMap(method -> method.getParameters().stream())
                .filter(parameter -> parameter.isAnnotatedWith(RequestBody.class))
                .map(JavaParameter::getRawType)
                .toList();
        assertThat(bodies).isNotEmpty().allMatch(body -> body.isAssignableTo(EndpointBody.class));
    }
}
