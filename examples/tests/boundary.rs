//! The reader of boundary files, the same module that the example `stellarator` uses.

#[path = "../stellarator/boundary.rs"]
mod boundary;

use std::path::Path;

use boundary::Boundary;

fn read(bytes: &[u8]) -> Result<Boundary, String> {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("boundary.csv");
    std::fs::write(&file, bytes).unwrap();
    Boundary::read(&file).map_err(|e| e.to_string().replace(&format!("{}:", file.display()), "line "))
}

fn error_of(bytes: &[u8]) -> String {
    read(bytes).err().expect("the text is malformed")
}

#[test]
fn the_shipped_boundaries_have_the_modes_that_their_sources_name() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    let w7x = Boundary::read(&data.join("w7x_boundary.csv")).unwrap();
    assert_eq!((w7x.nfp, w7x.r.modes.dim(), w7x.z.modes.dim()), (5, (313, 2), (312, 2)));
    assert_eq!(
        (w7x.r.modes[[1, 0]], w7x.r.modes[[1, 1]], w7x.r.coefficients[1]),
        (-11, -12, -1.25396811e-06)
    );
    assert!(!w7x.is_axisymmetric());

    let tokamak = Boundary::read(&data.join("tokamak.csv")).unwrap();
    assert_eq!((tokamak.nfp, tokamak.r.coefficients.len(), tokamak.z.coefficients.len()), (1, 2, 1));
    assert!(tokamak.is_axisymmetric());
}

#[test]
fn spaces_blank_lines_and_windows_line_ends_do_no_harm() {
    let text =
        b"\xef\xbb\xbf# NFP = 3, a test\r\n\r\n coord, m, n, value\r\nZ,-1,0,0.5\r\n R , 0 ,-2, 1e0 \r\n";
    let boundary = read(text).unwrap();
    assert_eq!(boundary.nfp, 3);
    assert_eq!((boundary.r.modes[[0, 0]], boundary.r.modes[[0, 1]]), (0, -2));
    assert_eq!(boundary.z.coefficients[0], 0.5);
}

#[test]
fn nfp_is_told_from_prose_about_nfp() {
    let text = b"# F_n(nfp*zeta), xnfp=9; nfp=2\ncoord,m,n,value\nR,0,0,1\nZ,-1,0,1";
    assert_eq!(read(text).unwrap().nfp, 2);
    assert!(error_of(b"# nfp=2\n# nfp=3\n").starts_with("line 2: nfp=3 contradicts"));
    assert!(error_of(b"#\n# nfp=\n").starts_with("line 2: nfp is \"\""));
}

#[test]
fn lines_count_comments_and_blank_lines() {
    let text = b"# nfp=2\n\n# more\ncoord,m,n,value\nR,0,0,1\n# a comment between\n\nZ,-1,0,one\n";
    assert!(error_of(text).starts_with("line 8: "), "{}", error_of(text));
}

#[test]
fn bytes_that_are_no_text_are_reported_on_their_line() {
    assert!(error_of(b"# nfp=1\n\xff\xfe").starts_with("line 2: this is not text"));
}
