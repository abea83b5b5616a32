fn jumps(x: &Array1<f64>, least: f64) -> f64 {
    if x.len() == 0 {
        return 0.0;
    }
    let mut sum = 0.0;
    for i in 0..x.len() {
        if x[i] < 0.0 {
            continue;
        }
        if x[i] > 9.0 {
            break;
        }
        let root = loop {
            sum += 1.0;
            if sum > least {
                break sum.sqrt();
            }
            if sum == 7.0 {
                return sum;
            }
        };
        sum += root;
    }
    sum
}
