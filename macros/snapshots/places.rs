fn places(x: &mut Array2<f64>, p: &mut f64) {
    let mut t = (vec![0.0; 3], 1usize);
    t.0[1] = 2.0;
    t.0[t.1] += *p;
    t.1 += 1;
    *p = t.0[0];
    x[[0, 1]] -= 1.0;
    x.row_mut(0).assign(&x.row(1).to_owned());
    x.slice_mut(s![1.., ..;2]).fill(0.0);
    x.column_mut(1)[0] = 3.0;
    let (mut a, mut b) = (1.0, 2.0);
    std::mem::swap(&mut a, &mut b);
    (a, _) = (b, a);
    t.0.swap(0, 1);
}
