// Makes app.css and app.js of web/styles and web/scripts: node web/bundle.mjs OUT.css OUT.js OUT.d
//
// Also writes a depfile, so that a changed partial or module is seen by ninja. A warning of sass or esbuild is an error:
// nobody reads the output of a build that succeeds.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync, transformSync } from "esbuild";
import { Logger, compile } from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const top = dirname(here);
const [cssPath, jsPath, depPath] = process.argv.slice(2);
if (!depPath) {
  console.error("use: node web/bundle.mjs OUT.css OUT.js OUT.d");
  process.exit(2);
}

function bundleStyles() {
  const made = compile(join(here, "styles", "app.scss"), {
    style: "expanded",
    loadPaths: [join(top, "node_modules")],
    quietDeps: true,
    charset: false,
    logger: {
      warn(message, where) {
        throw new Error(`${where.span ? `${where.span.url}:${where.span.start.line + 1}: ` : ""}${message}`);
      },
      debug: Logger.silent.debug,
    },
  });
  const small = transformSync(made.css, { loader: "css", minify: true, legalComments: "inline", target: ["chrome87", "firefox78", "safari14"] });
  writeFileSync(cssPath, small.code);
  return made.loadedUrls.map((url) => fileURLToPath(url));
}

function bundleScripts() {
  const made = buildSync({
    entryPoints: [join(here, "scripts", "app.js")],
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2020",
    legalComments: "inline",
    charset: "utf8",
    write: false,
    metafile: true,
    logLevel: "warning",
    absWorkingDir: top,
  });
  if (made.warnings.length) throw new Error("esbuild warned");
  writeFileSync(jsPath, made.outputFiles[0].contents);
  return Object.keys(made.metafile.inputs).map((path) => resolve(top, path));
}

// Names with spaces are escaped as make and ninja read them.
const escape = (path) => relative(process.cwd(), path).replaceAll(" ", "\\ ");
const sources = [...bundleStyles(), ...bundleScripts(), fileURLToPath(import.meta.url)];
writeFileSync(depPath, `${escape(resolve(cssPath))} ${escape(resolve(jsPath))}: ${[...new Set(sources)].map(escape).join(" ")}\n`);
if (/GDS Transport|crown/i.test(readFileSync(cssPath, "utf8"))) throw new Error("app.css carries another government's brand");
